import type { Hashes } from "../../vocab/hash.ts";
import { parseUrl } from "../../vocab/urls/index.ts";
import type { PageFile } from "./index-page.ts";

/**
 * The files of links in the one form that indexes write them in: addresses, whole or from the root of the page's host (`base`), without
 * anything to decode, a SHA-256, the known attributes in the usual order. Undefined where a single one is otherwise: then all are read by the rules of HTML
 * (`linksOf`), with the same result. One pattern for a link takes a third of that time, and a resolve reads thousands.
 */
export function fastLinks(text: string, base: string): readonly PageFile[] | undefined {
  const files: PageFile[] = [];
  let root: string | undefined;
  let at = 0;
  while (at < text.length) {
    link.lastIndex = at;
    const found = link.exec(text);
    if (found === null) return undefined;
    const [, folder = "", filename = "", sha256 = "", requires, yanked, distInfo, core, uploadTime] = found;
    if (folder.includes("/.")) return undefined;
    const isWhole = folder.startsWith("h");
    if (!isWhole) root ??= rootOf(base);
    if (!isWhole && root === "") return undefined;
    const requiresPython = requires === undefined ? undefined : decoded(requires);
    if (requiresPython === null) return undefined;
    // Not by spreading optional parts: some thousand files are read in a resolve.
    const file: { -readonly [Key in keyof PageFile]: PageFile[Key] } = {
      filename,
      url: isWhole ? folder + filename : root + folder + filename,
      hashes: { sha256 },
      yanked: yanked ?? false,
    };
    if (requiresPython !== undefined && requiresPython !== "") file.requiresPython = requiresPython;
    if (uploadTime !== undefined) file.uploadTime = uploadTime;
    const metadata = core ?? distInfo;
    if (metadata !== undefined) file.coreMetadata = claim(metadata);
    files.push(file);
    at = link.lastIndex;
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

/** What comes before the first slash of the path; "" for what is on no host. */
function rootOf(base: string): string {
  const url = parseUrl(base);
  return url !== undefined && /^https?:$/.test(url.protocol) ? url.origin : "";
}

function claim(text: string): Hashes | true {
  return text === "true" ? true : { sha256: text.slice("sha256=".length) };
}

/** A page says the same few over and over. */
const texts = new Map<string, string | null>();
const mostRemembered = 1024;

/** Null for a text with other references than those of comparisons. */
function decoded(text: string): string | null {
  if (!text.includes("&")) return text;
  let read = texts.get(text);
  if (read === undefined) {
    const plain = text.replaceAll("&gt;", ">").replaceAll("&lt;", "<");
    read = plain.includes("&") ? null : plain;
    if (texts.size >= mostRemembered) texts.clear();
    texts.set(text, read);
  }
  return read;
}
