import { isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A URL as a lock in `folder` has it: what lies on this disk by its path from there, with `/`; the rest as it is. */
export function relativeLocation(
  url: string,
  folder: string,
): { readonly url: string } | { readonly path: string } {
  if (!url.startsWith("file:")) return { url };
  return { path: pathFrom(folder, fileURLToPath(url)) };
}

/** The path is absolute if no relative path exists: on another drive. */
export function pathFrom(folder: string, path: string): string {
  const way = relative(folder, path);
  if (isAbsolute(way)) return path;
  const slashed = way.replaceAll("\\", "/");
  return slashed === "" ? "." : slashed;
}

/** Returns the URL of a file that a lock in `folder` names. A path takes precedence over a URL. */
export function urlOf(place: { readonly url?: string; readonly path?: string }, folder: string): string {
  if (place.path === undefined) return place.url ?? "";
  return pathToFileURL(resolve(folder, systemPath(place.path))).href;
}

/** Windows writes its own separators, and reads both. */
export function systemPath(path: string): string {
  return isAbsolute(path) || path.includes("/") ? path : path.replaceAll("\\", "/");
}
