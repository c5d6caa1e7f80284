import { PosyError } from "../../errors/posy-error.ts";
import type { PageFile } from "./index-page.ts";
import { utf8Of } from "./latin1-text.ts";
import { linksOf } from "./parse-html-page.ts";
import { fromRow, type PageRow } from "./page-row.ts";
import { fastLinks } from "./fast-links.ts";
import { scanHtmlTags } from "./scan-html-tags.ts";

/**
 * The text that describes a page's files, one character per byte: the HTML of the index as it arrived, or one
 * line of JSON (`PageRow`) per file.
 */
export interface PageText {
  /** The URL that the links in the text are relative to. */
  readonly base: string;
  /** Returns the pieces of the text that an entry of the page's contents lists. */
  read(entry: string): string;
  /** Returns the whole text, or undefined if its file was removed or replaced. */
  bytes(): Uint8Array | undefined;
}

/** Some files of a page. They are parsed on first use, because most never are used. */
export class FileList {
  protected readonly entry: string;
  private readonly text: PageText;
  private parsedFiles: readonly PageFile[] | undefined;

  constructor(entry: string, text: PageText) {
    this.entry = entry;
    this.text = text;
  }

  files(): readonly PageFile[] {
    return (this.parsedFiles ??= filesOf(utf8Of(this.text.read(this.entry)), this.text.base));
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
    throw new PosyError("invalid-index-page", "a cached index page is damaged", {
      hint: "run it again with `--refresh`",
      cause,
    });
  }
}
