import type { HtmlTag } from "./html-tag.ts";
import { listOfLine } from "./file-list.ts";
import { decodedName } from "./link-target.ts";
import { aboutOf, baseOf } from "./parse-html-page.ts";
import type { PageOutline } from "./page-outline.ts";
import { scanTag } from "./scan-html-tags.ts";

/**
 * Reads of a page in plain HTML only which files it links to; a link's attributes are read when somebody looks at the file. Undefined
 * where any link is written in an unusual way: then the whole page has to be read (`parse-html-page.ts`), with the same outcome.
 */
export function skimHtmlPage(text: string, url: string): PageOutline | undefined {
  const names: string[] = [];
  const links: string[] = [];
  const tags: HtmlTag[] = [];
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at)) {
    // In this order: nearly all that is no link follows one.
    if (text.startsWith("</a>", at)) {
      at += "</a>".length;
      continue;
    }
    if (text.startsWith("<br/>", at)) {
      at += "<br/>".length;
      continue;
    }
    plainLink.lastIndex = at;
    const link = plainLink.exec(text);
    if (link) {
      at = plainLink.lastIndex;
      const name = decodedName(link[1] ?? "");
      if (name === undefined) return undefined;
      names.push(name);
      links.push(link[0]);
    } else {
      const found = scanTag(text, at);
      if (found === undefined || found.tag?.name === "a") return undefined;
      if (found.tag) tags.push(found.tag);
      at = found.end;
    }
  }
  const base = baseOf(tags, url);
  return {
    names,
    pick: (indexes) => listOfLine(indexes.map((index) => links[index]).join(""), base),
    base,
    about: aboutOf(tags),
  };
}

/**
 * A link whose file's name stands in it as it is: `href` first, without query, the other attributes in double quotes and with the plainest
 * of references. All of it is on one line. (References stand apart from what lies between them: as one more kind of character they
 * would cost a third more.)
 */
const plainLink =
  /<a href="(?!\/\/)(?:https?:\/\/[\w.-]+(?::\d{1,5})?\/)?(?:[\w.~!,+%-]*\/)*(\w[\w.+!%-]*)(?:#[\w=+.-]*(?:&amp;[\w=+.-]*)*)?"(?: [a-z-]+(?:="[^"<&\r\n]*(?:&(?:amp|lt|gt|quot|#39|#x27);[^"<&\r\n]*)*")?)*>/y;
