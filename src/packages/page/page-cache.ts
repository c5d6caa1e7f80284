import { PosyError } from "../../errors/posy-error.ts";
import { writeAtomic } from "../../system/files.ts";
import { parseVersion, type Version } from "../../vocab/version.ts";
import { type FileList, listOfLine } from "./file-list.ts";
import type { PageFile } from "./index-page.ts";
import { LinedFile } from "./lined-file.ts";
import type { ListedPage, ListedRelease } from "./listed-page.ts";

/** A page as it is kept: read once from HTML or JSON, then never again. */
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

interface Head
  extends Omit<KeptPage, "page" | "fingerprint">,
    Pick<ListedPage, "setAside" | "about" | "base"> {
  readonly url: string;
  /** Bytes behind this line. */
  readonly rest: number;
}

const mark = "posy page 2";

/**
 * Format: a line that names it, a line of JSON about the page, a line of versions (newest first) between spaces, then for each version and in the end
 * for the other files what `FileList.line` gives. Nothing beyond the third line is read here: that is done for the versions that
 * somebody looks at.
 */
export function readPage(path: string, url: string): KeptPage | undefined {
  try {
    // At once: what lies in the system's memory is here before a thread could have begun to look for it.
    const file = new LinedFile(path);
    if (file.line(0)?.text !== mark) return undefined;
    const head = file.line(1);
    const { setAside, about, base, url: own, rest, ...kept } = JSON.parse(head?.text ?? "") as Head;
    if (own !== url || head === undefined || head.end + 1 + rest !== file.size) return undefined;
    const versions = file.line(2)?.text;
    if (versions === undefined) return undefined;
    const texts = versions === "" ? [] : versions.split(" ");
    const page = new KeptLists(file, path, url, texts, base);
    const releases = texts.map((_, index) => new KeptRelease(page, index));
    const { fingerprint } = file;
    return {
      ...kept,
      fingerprint,
      page: { releases, others: page.list(texts.length), setAside, about, base },
    };
  } catch {
    // Not there, or damaged: it is fetched again.
    return undefined;
  }
}

export async function writePage(path: string, url: string, kept: KeptPage): Promise<void> {
  const { page, found, freshUntil, policy } = kept;
  const { setAside, about, base } = page;
  const lists = [...page.releases, page.others].map((list) => list.line());
  const versions = page.releases.map((release) => release.version.text).join(" ");
  const rest = `${[versions, ...lists].join("\n")}\n`;
  const head: Head = { url, found, freshUntil, policy, setAside, about, base, rest: Buffer.byteLength(rest) };
  await writeAtomic(path, `${mark}\n${JSON.stringify(head)}\n${rest}`);
}

/** The lists of a page's file, the other files' behind those of the versions. */
class KeptLists {
  readonly texts: readonly string[];
  private readonly file: LinedFile;
  private readonly path: string;
  private readonly url: string;
  private readonly base: string;

  constructor(file: LinedFile, path: string, url: string, texts: readonly string[], base: string) {
    this.file = file;
    this.path = path;
    this.url = url;
    this.texts = texts;
    this.base = base;
  }

  list(index: number): FileList {
    let line: string | undefined;
    let list: FileList | undefined;
    const read = () => (line ??= this.file.line(index + 3)?.text ?? this.newerLine(index));
    return { line: read, files: () => (list ??= listOfLine(read(), this.base)).files() };
  }

  /** Another process has put a newer page in its place: what that says of the version; nothing if it is gone. */
  private newerLine(index: number): string {
    const newer = readPage(this.path, this.url)?.page;
    if (newer === undefined) {
      throw new PosyError("filesystem", `what was kept of \`${this.url}\` was removed in the meantime`, {
        hint: "run it again",
      });
    }
    const text = this.texts[index];
    const release = newer.releases.find(({ version }) => version.text === text);
    return (text === undefined ? newer.others : release)?.line() ?? "[]";
  }
}

/** A class, since a page has hundreds and hardly any is looked at. */
class KeptRelease implements ListedRelease {
  private readonly page: KeptLists;
  private readonly index: number;
  private list: FileList | undefined;

  constructor(page: KeptLists, index: number) {
    this.page = page;
    this.index = index;
  }

  get version(): Version {
    return parseVersion(this.page.texts[this.index] ?? "");
  }

  files(): readonly PageFile[] {
    return (this.list ??= this.page.list(this.index)).files();
  }

  line(): string {
    return (this.list ??= this.page.list(this.index)).line();
  }
}
