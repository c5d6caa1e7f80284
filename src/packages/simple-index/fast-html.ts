import { latin1Text, isAscii } from "./latin1-text.ts";
import type { HtmlTag } from "./html-tag.ts";
import { decodedName } from "./link-target.ts";
import { aboutOf, baseOf } from "./parse-html-page.ts";
import type { PageOutline } from "./outline.ts";
import { scanTag } from "./scan-html-tags.ts";

/**
 * Reads only the file names of the links of a plain HTML page. The attributes of a link are parsed when its
 * file is used. Returns undefined if any link is written in an unusual way: then the whole page must be
 * parsed (`parse-html-page.ts`), with the same result.
 */
export function readHtmlPageFast(bytes: Uint8Array, url: string): PageOutline | undefined {
  const text = latin1Text(bytes);
  const names: string[] = [];
  const starts: number[] = [];
  const tags: HtmlTag[] = [];
  let end = 0;
  for (let position = text.indexOf("<"); position >= 0; position = text.indexOf("<", position)) {
    plainLink.lastIndex = position;
    const link = plainLink.exec(text);
    if (link) {
      const name = decodedName(link[1] ?? "");
      if (name === undefined) return undefined;
      names.push(name);
      starts.push(position);
      position = end = plainLink.lastIndex;
      continue;
    }
    const scanned = scanTag(text, position);
    if (scanned === undefined || scanned.tag?.name === "a") return undefined;
    if (scanned.tag) {
      // In this text a character is a byte, but a character reference (`&#233;`) is a code point. The two
      // must not be mixed.
      if (![...scanned.tag.attributes.values()].every(isAscii)) return undefined;
      tags.push(scanned.tag);
    }
    position = scanned.end;
  }
  starts.push(end);
  return { names, starts, bytes, base: baseOf(tags, url), about: aboutOf(tags) };
}

/**
 * Matches a link whose file name needs no decoding except for percent signs: `href` comes first and has no
 * query, the other attributes have double quotes and only the simplest character references. Also matches the
 * text that usually precedes the next link. (References are a separate part of the pattern: as one more
 * alternative for a character they would cost a third more time.)
 */
const plainLink =
  /<a href="(?!\/\/)(?:https?:\/\/[\w.-]+(?::\d{1,5})?\/)?(?:[\w.~!,+%-]*\/)*(\w[\w.+!%-]*)(?:#[\w=+.-]*(?:&amp;[\w=+.-]*)*)?"(?: [a-z-]+(?:="[^"<&\r\n]*(?:&(?:amp|lt|gt|quot|#39|#x27);[^"<&\r\n]*)*")?)*>(?:[^<]*<\/a>(?:<br ?\/?>)?\s*)?/y;
