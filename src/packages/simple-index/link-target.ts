import { parseUrl } from "../../vocab/urls/index.ts";

/** The target of a link: the file that it names, its URL, and its fragment separately. */
export interface LinkTarget {
  readonly url: string;
  readonly filename: string;
  readonly fragment: string;
}

// A URL that `new URL` would return unchanged. Skipping `new URL` saves a third of the time of reading a
// large page.
const plainUrl = /^https?:\/\/[a-z0-9][a-z0-9.-]*\/[\w.~\-/+!,:%]*$/;

/** A path segment that begins with a dot. `%2e` is a dot, too. */
const dotSegment = /\/(?:\.|%2e)/i;

/** A path, and a file name, that need no resolving. */
const plainPath = /^[\w.~\-/+!,%]*$/;
const plainName = /^\w[\w.~\-+!,%]*$/;

/**
 * Resolves a link (percent-encoded, possibly relative) against the page's base. Returns undefined if it does
 * not lead to a file.
 */
export function linkTarget(href: string, base: string): LinkTarget | undefined {
  const hashStart = href.indexOf("#");
  const link = hashStart < 0 ? href : href.slice(0, hashStart);
  const url = plainUrl.test(link) && !dotSegment.test(link) ? link : resolvedUrl(link, base);
  if (url === undefined) return undefined;
  const path = url.includes("?") ? url.slice(0, url.indexOf("?")) : url;
  const filename = decodedName(path.slice(path.lastIndexOf("/") + 1));
  if (filename === undefined || filename === "") return undefined;
  return { url, filename, fragment: hashStart < 0 ? "" : href.slice(hashStart + 1) };
}

function resolvedUrl(link: string, base: string): string | undefined {
  const afterFolder = link.lastIndexOf("/") + 1;
  const name = link.slice(afterFolder);
  if (plainPath.test(link) && plainName.test(name) && !link.startsWith("//")) {
    const folder = folderUrl(link.slice(0, afterFolder), base);
    return folder && folder + name;
  }
  return absoluteUrl(link, base);
}

/** The folder resolved last. A relative link usually leads to the same folder as the one before. */
let last = { path: "", base: "", url: undefined as string | undefined };

function folderUrl(path: string, base: string): string | undefined {
  if (last.path !== path || last.base !== base) {
    // An empty link would resolve to the base with its last part and its query, hence "./".
    last = { path, base, url: absoluteUrl(path || "./", base) };
  }
  return last.url;
}

function absoluteUrl(link: string, base: string): string | undefined {
  const resolved = parseUrl(link, base);
  if (!resolved || !/^(https?|file):$/.test(resolved.protocol)) return undefined;
  resolved.hash = "";
  if (resolved.username !== "" || resolved.password !== "") {
    resolved.username = "";
    resolved.password = "";
  }
  return resolved.href;
}

/**
 * Decodes a file name (`%2B` is a `+`). Returns undefined if it decodes to something with a slash or a
 * control character.
 */
export function decodedName(text: string): string | undefined {
  if (!text.includes("%")) return text;
  try {
    const name = decodeURIComponent(text);
    // oxlint-disable-next-line no-control-regex
    return /[/\\\u0000-\u001f]/.test(name) ? undefined : name;
  } catch {
    return undefined;
  }
}
