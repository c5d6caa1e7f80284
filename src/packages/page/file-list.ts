import { PosyError } from "../../errors/posy-error.ts";
import type { PageFile } from "./index-page.ts";
import { linksOf } from "./parse-html-page.ts";
import { fromRow, type PageRow, toRow } from "./page-row.ts";
import { plainLinks } from "./plain-links.ts";
import { scanHtmlTags } from "./scan-html-tags.ts";

/** Some files of a page, which are read when somebody looks at them: most never are. */
export interface FileList {
  files(): readonly PageFile[];
  /** One line for the cache: a JSON array of `PageRow`s, or the page's own links (`<a …><a …>`) as they came. */
  line(): string;
}

/** Files that were read already. */
export function listOfFiles(files: readonly PageFile[]): FileList {
  return { files: () => files, line: () => JSON.stringify(files.map(toRow)) };
}

/** What `line` gave; `base` is what its links are relative to. */
export function listOfLine(line: string, base: string): FileList {
  let files: readonly PageFile[] | undefined;
  return { files: () => (files ??= readLine(line, base)), line: () => line };
}

function readLine(line: string, base: string): readonly PageFile[] {
  if (line.startsWith("<")) {
    const plain = plainLinks(line, base);
    if (plain) return plain;
    const tags = scanHtmlTags(line);
    if (tags) return linksOf(tags, base);
  }
  try {
    return (JSON.parse(line || "[]") as PageRow[]).map(fromRow);
  } catch (cause) {
    throw new PosyError("invalid-index-page", "what was kept of an index page is damaged", {
      hint: "run it again with `--refresh`",
      cause,
    });
  }
}
