import type { IndexPage } from "./index-page.ts";
import { toRow } from "./page-row.ts";

/** A page of which only the list of files was read. */
export interface PageOutline {
  /** File names in the order of the page. */
  readonly names: readonly string[];
  /**
   * The offset in the text at which each file's description begins, and one more: the end of the last one.
   */
  readonly starts: readonly number[];
  /** The text, see `PageText`. */
  readonly bytes: Uint8Array;
  /** The URL that the links in the text are relative to. */
  readonly base: string;
  readonly about: Omit<IndexPage, "files">;
}

/** Returns the outline of a page that was parsed completely. Its text is one line of JSON per file. */
export function outlineOf({ files, ...about }: IndexPage): PageOutline {
  const starts = [0];
  let text = "";
  for (const file of files) {
    text += `${inAscii(JSON.stringify(toRow(file)))}\n`;
    starts.push(text.length);
  }
  const bytes = Buffer.from(text, "latin1");
  return { names: files.map(({ filename }) => filename), starts, bytes, base: "", about };
}

function inAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
