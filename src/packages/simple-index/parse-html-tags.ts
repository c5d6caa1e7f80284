import type { HtmlTag } from "./html-tag.ts";

/**
 * Does the same as `scan-html-tags.ts` with a complete HTML parser. Used for pages that are not plain, and to
 * test the scanner.
 */
export async function parseHtmlTags(text: string): Promise<HtmlTag[]> {
  const { Parser } = await import("htmlparser2");
  const tags: HtmlTag[] = [];
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name !== "a" && name !== "base" && name !== "meta") return;
      tags.push({ name, attributes: new Map(Object.entries(attributes)) });
    },
  });
  parser.write(text);
  parser.end();
  return tags;
}
