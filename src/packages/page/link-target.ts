import { splitCredentials } from "../../system/http/safe-url.ts";

/** Where a link of a page leads: what it names, its URL, its fragment apart. */
export interface LinkTarget {
  readonly url: string;
  readonly filename: string;
  readonly fragment: string;
}

// What `new URL` would return as it is; it costs a third of reading a large page otherwise.
const plainUrl = /^https?:\/\/[a-z0-9][a-z0-9.-]*\/[\w.~\-/+!,:%]*$/;

/** Resolves a link (percent-encoded, perhaps relative) against the page's base. Undefined where it leads to no file. */
export function linkTarget(href: string, base: string): LinkTarget | undefined {
  const hash = href.indexOf("#");
  const bare = hash < 0 ? href : href.slice(0, hash);
  let url: string;
  if (plainUrl.test(bare) && !bare.includes("/.")) {
    url = bare;
  } else {
    const resolved = URL.canParse(bare, base) ? new URL(bare, base) : undefined;
    if (!resolved || !/^(https?|file):$/.test(resolved.protocol)) return undefined;
    resolved.hash = "";
    url = splitCredentials(resolved.href).url;
  }
  const path = url.includes("?") ? url.slice(0, url.indexOf("?")) : url;
  const filename = decodedName(path.slice(path.lastIndexOf("/") + 1));
  if (filename === undefined || filename === "") return undefined;
  return { url, filename, fragment: hash < 0 ? "" : href.slice(hash + 1) };
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
