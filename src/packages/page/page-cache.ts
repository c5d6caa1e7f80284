import { readFileSync } from "node:fs";
import { writeAtomic } from "../../system/files.ts";
import { parseVersion, type Version } from "../../vocab/version.ts";
import { type FileList, listOfLine } from "./file-list.ts";
import type { PageFile } from "./index-page.ts";
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
}

interface Head extends Omit<KeptPage, "page">, Pick<ListedPage, "setAside" | "about" | "base"> {
  readonly url: string;
}

const mark = "posy page 2";

/**
 * Format: a line that names it, a line of JSON about the page, a line of versions (newest first) between spaces, then for each version and in the end
 * for the other files what `FileList.line` gives, then an empty line. Nothing more than the second is parsed here: versions and files are
 * read when they are asked for.
 */
export function readPage(path: string, url: string): KeptPage | undefined {
  try {
    // At once: what lies in the system's memory is here before a thread could have begun to look for it.
    const lines = readFileSync(path, "utf8").split("\n");
    if (lines[0] !== mark) return undefined;
    const { setAside, about, base, url: own, ...kept } = JSON.parse(lines[1] ?? "") as Head;
    const texts = lines[2] === "" ? [] : (lines[2] ?? "").split(" ");
    // A last empty line says that the file is whole.
    if (own !== url || lines.length !== texts.length + 5 || lines.at(-1) !== "") return undefined;
    const releases = texts.map((text, index) => new KeptRelease(text, lines[index + 3] ?? "", base));
    const others = listOfLine(lines[texts.length + 3] ?? "", base);
    return { ...kept, page: { releases, others, setAside, about, base } };
  } catch {
    // Not there, or damaged: it is fetched again.
    return undefined;
  }
}

export async function writePage(path: string, url: string, kept: KeptPage): Promise<void> {
  const { page, found, freshUntil, policy } = kept;
  const { setAside, about, base } = page;
  const head: Head = { url, found, freshUntil, policy, setAside, about, base };
  const lines = [
    mark,
    JSON.stringify(head),
    page.releases.map((release) => release.version.text).join(" "),
    ...page.releases.map((release) => release.line()),
    page.others.line(),
    "",
  ];
  await writeAtomic(path, lines.join("\n"));
}

/** A class, since a page has hundreds and hardly any is looked at. */
class KeptRelease implements ListedRelease {
  private readonly text: string;
  private readonly kept: string;
  private readonly base: string;
  private parsed: Version | undefined;
  private list: FileList | undefined;

  constructor(text: string, kept: string, base: string) {
    this.text = text;
    this.kept = kept;
    this.base = base;
  }

  get version(): Version {
    return (this.parsed ??= parseVersion(this.text));
  }

  files(): readonly PageFile[] {
    return (this.list ??= listOfLine(this.kept, this.base)).files();
  }

  line(): string {
    return this.kept;
  }
}
