import { PosyError } from "../../errors/posy-error.ts";
import { writeAtomic } from "../../system/fs/index.ts";
import type { PageText } from "./file-list.ts";
import { PartialFile } from "./partial-file.ts";
import { type ListedPage, pageOfContents } from "./listed-page.ts";
import { piecesOfEntry, versionOfEntry } from "./offsets-index.ts";

/** A page as it is kept: put in order once, then never again. */
export interface KeptPage {
  /** False: the index said that it doesn't know the name. */
  readonly found: boolean;
  /** Milliseconds since 1970 until which the rules of HTTP let it be used without asking. */
  readonly freshUntil: number;
  /** What `http-cache-semantics` remembers of the answer. */
  readonly policy: object;
  readonly page: ListedPage;
  /** Of the file that it was read from; undefined where it has just been fetched. */
  readonly fingerprint?: string;
}

interface Head extends Omit<KeptPage, "page" | "fingerprint">, Pick<ListedPage, "setAside" | "about"> {
  readonly url: string;
  readonly base: string;
  /** Bytes behind this line. */
  readonly rest: number;
}

const mark = "posy page 3";

/**
 * Format: a line that names it, a line of JSON about the page, a line of its contents (`page-contents.ts`, newest version first) between spaces, then its
 * text (`PageText`). Nothing of the text is read here: that is done for the versions that somebody looks at.
 */
export function readPage(path: string, url: string): KeptPage | undefined {
  try {
    // At once: what lies in the system's memory is here before a thread could have begun to look for it.
    const file = new PartialFile(path);
    if (file.line(0)?.text !== mark) return undefined;
    const head = file.line(1);
    const { setAside, about, base, url: own, rest, ...kept } = JSON.parse(head?.text ?? "") as Head;
    if (own !== url || head === undefined || head.end + 1 + rest !== file.size) return undefined;
    const contents = file.line(2);
    if (contents === undefined) return undefined;
    const text = new KeptText(file, contents.end + 1, path, url, base);
    const page = pageOfContents(contents.text.split(" "), text, setAside, about);
    return { ...kept, fingerprint: file.fingerprint, page };
  } catch {
    // Not there, or damaged: it is fetched again.
    return undefined;
  }
}

/** False where there is nothing to write any more: somebody else has put a newer page in the place of the one that it was read from. */
export async function writePage(path: string, url: string, kept: KeptPage): Promise<boolean> {
  const { page, found, freshUntil, policy } = kept;
  const { setAside, about, contents, text } = page;
  const bytes = text.bytes();
  if (bytes === undefined) return false;
  const entries = `${contents.join(" ")}\n`;
  const rest = Buffer.byteLength(entries) + bytes.length;
  const head: Head = { url, found, freshUntil, policy, setAside, about, base: text.base, rest };
  await writeAtomic(path, [`${mark}\n${JSON.stringify(head)}\n${entries}`, bytes]);
  return true;
}

class KeptText implements PageText {
  readonly base: string;
  private readonly file: PartialFile;
  /** Where in the file it begins. */
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
    for (let at = 0; at < pieces.length; at += 2) {
      const from = this.start + (pieces[at] ?? 0);
      const piece = this.file.slice(from, this.start + (pieces[at + 1] ?? 0));
      if (piece === undefined) return this.readNewer(versionOfEntry(entry));
      text += piece;
    }
    return text;
  }

  bytes(): Uint8Array | undefined {
    return this.file.bytesFrom(this.start);
  }

  /** Another process has put a newer page in its place: what that says of the version; nothing if it is gone. */
  private readNewer(version: string): string {
    const newer = readPage(this.path, this.url)?.page;
    if (newer === undefined) {
      throw new PosyError("filesystem", `what was kept of \`${this.url}\` was removed in the meantime`, {
        hint: "run it again",
      });
    }
    const entry = newer.contents.find((each) => versionOfEntry(each) === version);
    return entry === undefined ? "" : newer.text.read(entry);
  }
}
