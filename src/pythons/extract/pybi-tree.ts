import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { asPosyError, errnoOf, sha256Of } from "../../system/fs/index.ts";
import { parsePackageName } from "../../vocab/requirement/index.ts";
import {
  formatPybiFile,
  formatPybiMetadata,
  formatRecord,
  type RecordRow,
} from "../../vocab/metadata/index.ts";
import { parseVersion } from "../../vocab/version/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { Interpreter } from "../../model/index.ts";

/** How much is written before others get their turn. */
const breathLength = 2 * 2 ** 20;

/** Writes a tree file by file and keeps its RECORD. Paths have forward slashes and stay inside. */
export class PybiTree {
  readonly #root: string;
  readonly #label: string;
  readonly #rows: RecordRow[] = [];
  readonly #made = new Set<string>();
  #breath = 0;

  /** `root` is an empty folder; `label` is what messages call the archive. */
  constructor(root: string, label: string) {
    this.#root = root;
    this.#label = label;
  }

  async file(path: string, content: Uint8Array | string, executable = false): Promise<void> {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    this.#attempt(path, () => {
      this.#folderOf(path);
      writeFileSync(`${this.#root}/${path}`, bytes, { flag: "wx", mode: executable ? 0o777 : 0o666 });
    });
    this.#rows.push({ path, hash: { algorithm: "sha256", digest: sha256Of(bytes) }, size: bytes.length });
    this.#breath += bytes.length + 4096;
    if (this.#breath < breathLength) return;
    this.#breath = 0;
    await setImmediate();
  }

  folder(path: string): void {
    this.#attempt(path, () => this.#folder(path));
  }

  /** A symbolic link; `target` is written as it is. */
  link(path: string, target: string): void {
    this.#attempt(path, () => {
      this.#folderOf(path);
      symlinkSync(target, `${this.#root}/${path}`);
    });
    this.#rows.push({ path, symlink: target });
  }

  /** Writes `pybi-info/` for an interpreter: what PEP 711 wants a pybi to say of itself. */
  async describe(interpreter: Interpreter): Promise<void> {
    const { version, markers, paths, wheelTags, platformTags } = interpreter;
    const metadata = {
      // Both builds of a version would have the same file name otherwise.
      name: parsePackageName(
        `${interpreter.implementation}${interpreter.freeThreaded ? "-freethreaded" : ""}`,
      ),
      version: parseVersion(version),
      markers,
      paths,
      wheelTags,
    };
    await this.file("pybi-info/PYBI", formatPybiFile({ tags: platformTags }));
    await this.file("pybi-info/METADATA", formatPybiMetadata(metadata));
    this.#rows.push({ path: "pybi-info/RECORD" });
    const record = formatRecord(this.#rows);
    this.#attempt("RECORD", () => writeFileSync(`${this.#root}/pybi-info/RECORD`, record, { flag: "wx" }));
  }

  has(path: string): boolean {
    return this.#rows.some((row) => row.path === path);
  }

  #folderOf(path: string): void {
    const slash = path.lastIndexOf("/");
    if (slash > 0) this.#folder(path.slice(0, slash));
  }

  #folder(path: string): void {
    if (this.#made.has(path)) return;
    mkdirSync(`${this.#root}/${path}`, { recursive: true });
    this.#made.add(path);
  }

  #attempt(path: string, step: () => void): void {
    try {
      step();
    } catch (error) {
      if (["EEXIST", "ENOTDIR", "EISDIR"].includes(errnoOf(error))) {
        throw new PosyError(
          "invalid-archive",
          `two members of \`${this.#label}\` would be the same file: \`${path}\``,
        );
      }
      throw asPosyError(error, `unpacking \`${this.#label}\``);
    }
  }
}
