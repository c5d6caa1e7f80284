import { parseUrl } from "../../vocab/urls/index.ts";

/** Where a link of a page leads: what it names, its URL, its fragment apart. */
export interface LinkTarget {
  readonly url: string;
  readonly filename: string;
  readonly fragment: string;
}

// What `new URL` would return as it is; it costs a third of reading a large page otherwise.
const plainUrl = /^https?:\/\/[a-z0-9][a-z0-9.-]*\/[\w.~\-/+!,:%]*$/;

/** `%2e` is a dot too. */
const dotSegment = /\/(?:\.|%2e)/i;

/** A path whose last part is a name that stands for itself. */
const plainPath = /^[\w.~\-/+!,%]*$/;
const plainName = /^\w[\w.~\-+!,%]*$/;

/** Resolves a link (percent-encoded, perhaps relative) against the page's base. Undefined where it leads to no file. */
export function linkTarget(href: string, base: string): LinkTarget | undefined {
  const hash = href.indexOf("#");
  const bare = hash < 0 ? href : href.slice(0, hash);
  const url = plainUrl.test(bare) && !dotSegment.test(bare) ? bare : resolvedUrl(bare, base);
  if (url === undefined) return undefined;
  const path = url.includes("?") ? url.slice(0, url.indexOf("?")) : url;
  const filename = decodedName(path.slice(path.lastIndexOf("/") + 1));
  if (filename === undefined || filename === "") return undefined;
  return { url, filename, fragment: hash < 0 ? "" : href.slice(hash + 1) };
}

function resolvedUrl(bare: string, base: string): string | undefined {
  const afterFolder = bare.lastIndexOf("/") + 1;
  const name = bare.slice(afterFolder);
  if (plainPath.test(bare) && plainName.test(name) && !bare.startsWith("//")) {
    const folder = folderUrl(bare.slice(0, afterFolder), base);
    return folder && folder + name;
  }
  return wholeUrl(bare, base);
}

/** Relative links mostly lead to the same folder as the one before. */
let last = { path: "", base: "", url: undefined as string | undefined };

function folderUrl(path: string, base: string): string | undefined {
  if (last.path !== path || last.base !== base) {
    // "./" and not "": that would be the base with its last part, and with its query.
    last = { path, base, url: wholeUrl(path || "./", base) };
  }
  return last.url;
}

function wholeUrl(link: string, base: string): string | undefined {
  const resolved = parseUrl(link, base);
  if (!resolved || !/^(https?|file):$/.test(resolved.protocol)) return undefined;
  resolved.hash = "";
  if (resolved.username !== "" || resolved.password !== "") {
    resolved.username = "";
    resolved.password = "";
  }
  return resolved.href;
}

/** Pitfall 13: `%2B` is a `+`. Names that decode to something with a slash or control characters are nobody's. */
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
