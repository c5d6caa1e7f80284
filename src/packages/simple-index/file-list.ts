import { PosyError } from "../../errors/posy-error.ts";
import type { PageFile } from "./index-page.ts";
import { utf8Of } from "./latin1-text.ts";
import { linksOf } from "./parse-html-page.ts";
import { fromRow, type PageRow } from "./page-row.ts";
import { fastLinks } from "./fast-links.ts";
import { scanHtmlTags } from "./scan-html-tags.ts";

/** What a page says of its files, each byte as one character: an index's own HTML as it came, or a line of JSON (`PageRow`) for each file. */
export interface PageText {
  /** What the links in it are relative to. */
  readonly base: string;
  /** The pieces of it that an entry of the page's contents names. */
  read(entry: string): string;
  /** All of it; undefined where it is gone by now. */
  bytes(): Uint8Array | undefined;
}

/** Some files of a page, which are read when somebody looks at them: most never are. */
export class FileList {
  protected readonly entry: string;
  private readonly text: PageText;
  private found: readonly PageFile[] | undefined;

  constructor(entry: string, text: PageText) {
    this.entry = entry;
    this.text = text;
  }

  files(): readonly PageFile[] {
    return (this.found ??= filesOf(utf8Of(this.text.read(this.entry)), this.text.base));
  }
}

function filesOf(text: string, base: string): readonly PageFile[] {
  if (text.startsWith("<")) {
    const plain = fastLinks(text, base);
    if (plain) return plain;
    const tags = scanHtmlTags(text);
    if (tags) return linksOf(tags, base);
  }
  try {
    return (JSON.parse(`[${text.trimEnd().replaceAll("\n", ",")}]`) as PageRow[]).map(fromRow);
  } catch (cause) {
    throw new PosyError("invalid-index-page", "what was kept of an index page is damaged", {
      hint: "run it again with `--refresh`",
      cause,
    });
  }
}
