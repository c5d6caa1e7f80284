import { rmSync } from "node:fs";
import { PosyError } from "../../errors/posy-error.ts";
import { writeAtomic } from "../../system/fs/index.ts";
import type { PageText } from "./file-list.ts";
import { PartialFile } from "./partial-file.ts";
import { type ListedPage, pageOfContents } from "./listed-page.ts";
import { piecesOfEntry, versionOfEntry } from "./offsets-index.ts";

/** A page as it is cached: it was sorted once and never has to be sorted again. */
export interface KeptPage {
  /** False if the index answered that it does not have the name. */
  readonly found: boolean;
  /** When the index last confirmed the page, in milliseconds since 1970. */
  readonly confirmed: number;
  /** The page may be used without asking until this moment, in milliseconds since 1970. */
  readonly freshUntil: number;
  /** The state of `http-cache-semantics` for the response. */
  readonly policy: object;
  readonly page: ListedPage;
  /** The fingerprint of the cache file; undefined if the page was just fetched. */
  readonly fingerprint?: string;
}

interface Head extends Omit<KeptPage, "page" | "fingerprint">, Pick<ListedPage, "setAside" | "about"> {
  readonly url: string;
  readonly base: string;
  /** The number of bytes after this line. */
  readonly rest: number;
}

const mark = "posy page 4";

/**
 * Reads a page from the cache. Format: a line that names the format; a line of JSON about the page; a line of
 * contents (`offsets-index.ts`, newest version first) separated by spaces; the text (`PageText`). The text is
 * not read here, but when the files of a version are used. Returns undefined if the file is missing or
 * damaged.
 */
export function readPage(path: string, url: string): KeptPage | undefined {
  try {
    // Synchronous: a file in the system's memory is read before a thread could have started.
    const file = new PartialFile(path);
    if (!file.isWhole || file.line(0)?.text !== mark) return undefined;
    const head = file.line(1);
    const { setAside, about, base, url: keptUrl, rest, ...kept } = JSON.parse(head?.text ?? "") as Head;
    if (keptUrl !== url || head === undefined || head.end + 1 + rest !== file.size) return undefined;
    const contents = file.line(2);
    if (contents === undefined) return undefined;
    const text = new KeptText(file, contents.end + 1, path, url, base);
    const page = pageOfContents(contents.text.split(" "), text, setAside, about);
    return { ...kept, fingerprint: file.fingerprint, page };
  } catch {
    // The file is missing or damaged: the page is fetched again.
    return undefined;
  }
}

/** Returns the URL of a cached page; undefined if the file is no page, or damaged. */
export function headOfPage(path: string): { readonly url: string } | undefined {
  try {
    const file = new PartialFile(path);
    if (!file.isWhole || file.line(0)?.text !== mark) return undefined;
    const { url } = JSON.parse(file.line(1)?.text ?? "") as Partial<Head>;
    return typeof url === "string" ? { url } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes a page to the cache. Returns false if the text of the page is no longer available, because another
 * process has replaced its file with a newer page.
 */
export async function writePage(path: string, url: string, kept: KeptPage): Promise<boolean> {
  const { page, found, confirmed, freshUntil, policy } = kept;
  const { setAside, about, contents, text } = page;
  const bytes = text.bytes();
  if (bytes === undefined) return false;
  const entries = `${contents.join(" ")}\n`;
  const rest = Buffer.byteLength(entries) + bytes.length;
  const head: Head = { url, found, confirmed, freshUntil, policy, setAside, about, base: text.base, rest };
  await writeAtomic(path, [`${mark}\n${JSON.stringify(head)}\n${entries}`, bytes]);
  return true;
}

class KeptText implements PageText {
  readonly base: string;
  private readonly file: PartialFile;
  /** The offset of the text in the file. */
  private readonly start: number;
  private readonly path: string;
  private readonly url: string;

  constructor(file: PartialFile, start: number, path: string, url: string, base: string) {
    this.file = file;
    this.start = start;
    this.path = path;
    this.url = url;
    this.base = base;
  }

  read(entry: string): string {
    const pieces = piecesOfEntry(entry);
    let text = "";
    for (let index = 0; index < pieces.length; index += 2) {
      const from = this.start + (pieces[index] ?? 0);
      const piece = this.file.slice(from, this.start + (pieces[index + 1] ?? 0));
      if (piece === undefined) return this.readNewer(versionOfEntry(entry));
      text += piece;
    }
    if (text.includes("\0")) throw this.refuseDamaged();
    return text;
  }

  /** A power cut may have left NUL bytes in the middle of the file. The next run fetches the page again. */
  private refuseDamaged(): PosyError {
    rmSync(this.path, { force: true });
    return new PosyError("filesystem", `the cached page of \`${this.url}\` is damaged`, {
      hint: "run it again",
    });
  }

  bytes(): Uint8Array | undefined {
    return this.file.bytesFrom(this.start);
  }

  /**
   * Another process has replaced the file with a newer page: returns what that page has about the version, or
   * "" if the version is gone.
   */
  private readNewer(version: string): string {
    const newer = readPage(this.path, this.url)?.page;
    if (newer === undefined) {
      throw new PosyError("filesystem", `the cached page of \`${this.url}\` was removed in the meantime`, {
        hint: "run it again",
      });
    }
    const entry = newer.contents.find((candidate) => versionOfEntry(candidate) === version);
    return entry === undefined ? "" : newer.text.read(entry);
  }
}
