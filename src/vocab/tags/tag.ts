import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../text/index.ts";

/** One uncompressed wheel tag (PEP 425), lower case: `cp313-cp313-manylinux_2_17_x86_64`. */
export type Tag = string;

/**
 * The limit of one set. Real wheels have a few dozen tags at most, but a hostile name of a few kilobytes could expand
 * to millions, since the three parts multiply.
 */
const mostTags = 4096;

/** The sets that were already expanded. The files of an index share a few hundred sets. */
const expanded = new Map<string, readonly Tag[]>();
const mostRemembered = 4096;

const interpreterPattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** All characters that are unsafe in a file name. Others are allowed, since tags on the index go beyond PEP 425. */
const unsafePattern = /[^\x21-\x7e]|[/\\:*?"<>|]/;

/**
 * Expands a compressed tag set (PEP 425, "compressed tag sets"): `py2.py3-none-any` → `py2-none-any`,
 * `py3-none-any`. Keeps the order of the text, without duplicates. Unknown tags are kept; they match nothing.
 * Throws `invalid-tag`.
 */
export function parseTagSet(text: string): readonly Tag[] {
  const earlier = expanded.get(text);
  if (earlier !== undefined) return earlier;
  const tags = expandTagSet(text);
  if (expanded.size >= mostRemembered) expanded.clear();
  expanded.set(text, tags);
  return tags;
}

function expandTagSet(text: string): readonly Tag[] {
  const parts = text.toLowerCase().split("-");
  const [interpreters, abis, platforms] = parts.map((part) => part.split("."));
  if (parts.length !== 3 || !interpreters || !abis || !platforms) {
    throw invalidTag(text, "a tag has three parts: interpreter, ABI, platform");
  }
  if ([interpreters, abis, platforms].some((members) => members.includes(""))) {
    throw invalidTag(text, "a part of it is empty");
  }
  if (!interpreters.every((interpreter) => interpreterPattern.test(interpreter))) {
    throw invalidTag(text, "its interpreter is not an identifier");
  }
  if (unsafePattern.test(text)) throw invalidTag(text, "it has characters that no tag has");
  if (interpreters.length * abis.length * platforms.length > mostTags) {
    throw invalidTag(text, `it expands to more than ${mostTags} tags`);
  }
  const tags = new Set<Tag>();
  for (const interpreter of interpreters) {
    for (const abi of abis) {
      for (const platform of platforms) tags.add(`${interpreter}-${abi}-${platform}`);
    }
  }
  return Object.freeze([...tags]);
}

/** Expands a compressed set of platform tags (`a.b`) in lower case, as in the file name of a pybi. */
export function parsePlatformTagSet(text: string): readonly string[] {
  const platforms = text.toLowerCase().split(".");
  if (platforms.includes("")) throw invalidTag(text, "a part of it is empty");
  if (unsafePattern.test(text)) throw invalidTag(text, "it has characters that no tag has");
  return Object.freeze([...new Set(platforms)]);
}

function invalidTag(text: string, reason: string): PosyError {
  return new PosyError("invalid-tag", `${quote(text)} is not a tag: ${reason}`);
}
