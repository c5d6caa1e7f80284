import { latin1Text, isAscii } from "./latin1-text.ts";
import type { HtmlTag } from "./html-tag.ts";
import { decodedName } from "./link-target.ts";
import { aboutOf, baseOf } from "./parse-html-page.ts";
import type { PageOutline } from "./outline.ts";
import { scanTag } from "./scan-html-tags.ts";

/**
 * Reads of a page in plain HTML only which files it links to; a link's attributes are read when somebody looks at the file. Undefined
 * where any link is written in an unusual way: then the whole page has to be read (`parse-html-page.ts`), with the same outcome.
 */
export function readHtmlPageFast(bytes: Uint8Array, url: string): PageOutline | undefined {
  const text = latin1Text(bytes);
  const names: string[] = [];
  const starts: number[] = [];
  const tags: HtmlTag[] = [];
  let end = 0;
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at)) {
    plainLink.lastIndex = at;
    const link = plainLink.exec(text);
    if (link) {
      const name = decodedName(link[1] ?? "");
      if (name === undefined) return undefined;
      names.push(name);
      starts.push(at);
      at = end = plainLink.lastIndex;
      continue;
    }
    const found = scanTag(text, at);
    if (found === undefined || found.tag?.name === "a") return undefined;
    if (found.tag) {
      // References in it stand for characters, and what stands beside them for bytes.
      if (![...found.tag.attributes.values()].every(isAscii)) return undefined;
      tags.push(found.tag);
    }
    at = found.end;
  }
  starts.push(end);
  return { names, starts, bytes, base: baseOf(tags, url), about: aboutOf(tags) };
}

/**
 * A link whose file's name stands in it as it is: `href` first, without query, the other attributes in double quotes and with the plainest
 * of references; and what mostly stands before the next one. (References stand apart from what lies between them: as one more kind of
 * character they would cost a third more.)
 */
const plainLink =
  /<a href="(?!\/\/)(?:https?:\/\/[\w.-]+(?::\d{1,5})?\/)?(?:[\w.~!,+%-]*\/)*(\w[\w.+!%-]*)(?:#[\w=+.-]*(?:&amp;[\w=+.-]*)*)?"(?: [a-z-]+(?:="[^"<&\r\n]*(?:&(?:amp|lt|gt|quot|#39|#x27);[^"<&\r\n]*)*")?)*>(?:[^<]*<\/a>(?:<br ?\/?>)?\s*)?/y;
