import { readFile } from "node:fs/promises";
import { writeAtomic } from "../../system/files.ts";
import { parseVersion } from "../../vocab/version.ts";
import type { ListedPage } from "./listed-page.ts";
import { fromRow, type PageRow, toRow } from "./page-row.ts";

/** A page as it is kept: read once from HTML or JSON, then never again. */
export interface KeptPage {
  /** False: the index said that it doesn't know the name. */
  readonly found: boolean;
  /** Milliseconds since 1970 until which the rules of HTTP let it be used without asking. */
  readonly freshUntil: number;
  /** What `http-cache-semantics` remembers of the answer. */
  readonly policy: object;
  readonly page: ListedPage;
}

interface Head extends Omit<KeptPage, "page"> {
  readonly url: string;
  readonly versions: readonly string[];
  readonly setAside: ListedPage["setAside"];
  readonly about: ListedPage["about"];
}

const mark = "posy page 1";

/**
 * Format: a line that names it, a line of JSON about the page, then a line per release (newest first) and one for the other files, each a JSON
 * array of `PageRow`s. The rows of a release are parsed when they are asked for: reading the page of 4,400 files takes 1 ms.
 */
export async function readPage(path: string, url: string): Promise<KeptPage | undefined> {
  try {
    const lines = (await readFile(path, "utf8")).split("\n");
    if (lines[0] !== mark) return undefined;
    const { versions, setAside, about, url: own, ...kept } = JSON.parse(lines[1] ?? "") as Head;
    // A last empty line says that the file is whole.
    if (own !== url || lines.length !== versions.length + 4 || lines.at(-1) !== "") return undefined;
    const releases = versions.map((text, index) => ({
      version: parseVersion(text),
      files: once(() => rows(lines[index + 2])),
    }));
    const others = once(() => rows(lines[versions.length + 2]));
    return { ...kept, page: { releases, others, setAside, about } };
  } catch {
    // Not there, or damaged: it is fetched again.
    return undefined;
  }
}

export async function writePage(path: string, url: string, kept: KeptPage): Promise<void> {
  const { page, found, freshUntil, policy } = kept;
  const { setAside, about } = page;
  const versions = page.releases.map((release) => release.version.text);
  const head: Head = { url, found, freshUntil, policy, versions, setAside, about };
  const lines = [
    mark,
    JSON.stringify(head),
    ...page.releases.map((release) => JSON.stringify(release.files().map(toRow))),
    JSON.stringify(page.others().map(toRow)),
    "",
  ];
  await writeAtomic(path, lines.join("\n"));
}

const rows = (line: string | undefined) => (JSON.parse(line ?? "[]") as PageRow[]).map(fromRow);

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
