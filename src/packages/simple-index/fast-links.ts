import type { Hashes } from "../../vocab/hash.ts";
import { parseUrl } from "../../vocab/urls/index.ts";
import type { PageFile } from "./index-page.ts";

/**
 * Returns the files of links in the one form that indexes usually write: an absolute URL, or a path from the
 * root of the page's host (`base`), without anything to decode; a SHA-256; the known attributes in the usual
 * order. Returns undefined if a single link differs: then `linksOf` reads all of them by the rules of HTML,
 * with the same result. One pattern per link takes a third of the time of `linksOf`, and a resolve reads
 * thousands of links.
 */
export function fastLinks(text: string, base: string): readonly PageFile[] | undefined {
  const files: PageFile[] = [];
  let root: string | undefined;
  let position = 0;
  while (position < text.length) {
    link.lastIndex = position;
    const match = link.exec(text);
    if (match === null) return undefined;
    const [, folder = "", filename = "", sha256 = "", requires, yanked, distInfo, core, uploadTime] = match;
    if (folder.includes("/.")) return undefined;
    const isAbsolute = folder.startsWith("h");
    if (!isAbsolute) root ??= rootOf(base);
    if (!isAbsolute && root === "") return undefined;
    const requiresPython = requires === undefined ? undefined : decoded(requires);
    if (requiresPython === null) return undefined;
    // Optional fields are assigned and not spread, for speed: a resolve reads thousands of files.
    const file: { -readonly [Key in keyof PageFile]: PageFile[Key] } = {
      filename,
      url: isAbsolute ? folder + filename : root + folder + filename,
      hashes: { sha256 },
      yanked: yanked ?? false,
    };
    if (requiresPython !== undefined && requiresPython !== "") file.requiresPython = requiresPython;
    if (uploadTime !== undefined) file.uploadTime = uploadTime;
    const metadata = core ?? distInfo;
    if (metadata !== undefined) file.coreMetadata = claim(metadata);
    files.push(file);
    position = link.lastIndex;
  }
  return files;
}

const digest = "[0-9a-f]{64}";
const link = new RegExp(
  [
    String.raw`<a href="((?:https?:\/\/[a-z0-9][a-z0-9.-]*)?\/(?:[\w.~\-+!,:]+\/)*)(\w[\w.~\-+!,]*)#sha256=(${digest})"`,
    String.raw`(?: data-requires-python="([^"]*)")?`,
    String.raw`(?: data-yanked="([^"&]*)")?`,
    `(?: data-dist-info-metadata="(true|sha256=${digest})")?`,
    `(?: data-core-metadata="(true|sha256=${digest})")?`,
    String.raw`(?: data-upload-time="([\w.:+-]*)")?`,
    String.raw`(?: data-provenance="[^"&]*")?`,
    String.raw`\s*>(?:[^<]*<\/a>(?:<br ?\/?>)?\s*)?`,
  ].join(""),
  "y",
);

/** Returns the origin of a URL, or "" if it is not `http:` or `https:`. */
function rootOf(base: string): string {
  const url = parseUrl(base);
  return url !== undefined && /^https?:$/.test(url.protocol) ? url.origin : "";
}

function claim(text: string): Hashes | true {
  return text === "true" ? true : { sha256: text.slice("sha256=".length) };
}

/** Decoded attribute values. A page repeats the same few. */
const decodedTexts = new Map<string, string | null>();
const mostRemembered = 1024;

/** Decodes `&lt;` and `&gt;`. Returns null if the text has any other character reference. */
function decoded(text: string): string | null {
  if (!text.includes("&")) return text;
  let result = decodedTexts.get(text);
  if (result === undefined) {
    const plain = text.replaceAll("&gt;", ">").replaceAll("&lt;", "<");
    result = plain.includes("&") ? null : plain;
    if (decodedTexts.size >= mostRemembered) decodedTexts.clear();
    decodedTexts.set(text, result);
  }
  return result;
}
