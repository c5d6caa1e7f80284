import { isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Returns a URL as a lock in `folder` has it: `file:` as a path relative to the folder, others unchanged. */
export function relativeLocation(
  url: string,
  folder: string,
): { readonly url: string } | { readonly path: string } {
  if (!url.startsWith("file:")) return { url };
  return { path: pathFrom(folder, fileURLToPath(url)) };
}

/** Returns the path relative to `folder`, with `/`. It stays absolute on another drive of Windows. */
export function pathFrom(folder: string, path: string): string {
  const relativePath = relative(folder, path);
  if (isAbsolute(relativePath)) return path;
  const slashed = relativePath.replaceAll("\\", "/");
  return slashed === "" ? "." : slashed;
}

/**
 * Returns a requirement as a lock in `folder` has it: the `file:` URL of a direct reference becomes a path relative to
 * the folder (`dep @ file:lib/dep`), since the folder may be elsewhere on another machine.
 */
export function relativeRequirement(text: string, folder: string): string {
  return text.replace(/( @ )(file:\/\/\/[^\s#?]*)/i, (whole, at: string, url: string) => {
    const path = pathFrom(folder, fileURLToPath(url));
    return isAbsolute(path)
      ? whole
      : `${at}file:${encodeURI(path).replaceAll("#", "%23").replaceAll("?", "%3F")}`;
  });
}

/** Returns a requirement of a lock in `folder` with an absolute URL: the inverse of `relativeRequirement`. */
export function absoluteRequirement(text: string, folder: string): string {
  return text.replace(
    /( @ )file:(?!\/)([^\s#?]*)/i,
    (_, at: string, path: string) => `${at}${new URL(path, `${pathToFileURL(folder).href}/`).href}`,
  );
}

/** Returns the URL of a file that a lock in `folder` names. A path takes precedence over a URL. */
export function urlOf(location: { readonly url?: string; readonly path?: string }, folder: string): string {
  if (location.path === undefined) return location.url ?? "";
  return pathToFileURL(resolve(folder, systemPath(location.path))).href;
}

/** Replaces the separators of Windows, which reads both kinds. Absolute paths are not changed. */
export function systemPath(path: string): string {
  return isAbsolute(path) || path.includes("/") ? path : path.replaceAll("\\", "/");
}
