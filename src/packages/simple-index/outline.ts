import type { IndexPage } from "./index-page.ts";
import { toRow } from "./page-row.ts";

/** A page of which no more is known than which files it lists. */
export interface PageOutline {
  /** File names in the order of the page. */
  readonly names: readonly string[];
  /** Where in the text what is said of each file begins, and one more: where the last one's ends. */
  readonly starts: readonly number[];
  /** See `PageText`. */
  readonly bytes: Uint8Array;
  /** What the links in the text are relative to. */
  readonly base: string;
  readonly about: Omit<IndexPage, "files">;
}

/** The outline of a page that was read whole. */
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
