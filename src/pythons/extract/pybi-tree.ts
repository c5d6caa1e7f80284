import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { setImmediate } from "node:timers/promises";
import { asPosyError, errnoOf, failureAt, oneFileRefusal, sha256Of } from "../../system/fs/index.ts";
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

/** Bytes that are written before other tasks get a turn. */
const yieldInterval = 2 * 2 ** 20;

/** Writes a tree file by file and collects its RECORD. Paths must have forward slashes and stay inside the tree. */
export class PybiTree {
  readonly #root: string;
  readonly #label: string;
  readonly #rows: RecordRow[] = [];
  readonly #made = new Set<string>();
  #sinceYield = 0;

  /** `root` is an empty folder; `label` is the name of the archive in messages. */
  constructor(root: string, label: string) {
    this.#root = root;
    this.#label = label;
  }

  async file(path: string, bytes: Uint8Array, executable = false): Promise<void> {
    this.#attempt(path, () => {
      this.#folder(posix.dirname(path));
      writeFileSync(`${this.#root}/${path}`, bytes, { flag: "wx", mode: executable ? 0o777 : 0o666 });
    });
    this.#rows.push({ path, hash: { algorithm: "sha256", digest: sha256Of(bytes) }, size: bytes.length });
    this.#sinceYield += bytes.length + 4096;
    if (this.#sinceYield < yieldInterval) return;
    this.#sinceYield = 0;
    await setImmediate();
  }

  folder(path: string): void {
    this.#attempt(path, () => this.#folder(path));
  }

  /** Makes a symbolic link; `target` is written unchanged. */
  link(path: string, target: string): void {
    this.#attempt(path, () => {
      this.#folder(posix.dirname(path));
      symlinkSync(target, `${this.#root}/${path}`);
    });
    this.#rows.push({ path, symlink: target });
  }

  /** Writes `pybi-info/` for an interpreter (PEP 711). */
  async describe(interpreter: Interpreter): Promise<void> {
    const { version, markers, paths, wheelTags, platformTags } = interpreter;
    const metadata = {
      // Otherwise both builds of a version would have the same file name.
      name: parsePackageName(
        `${interpreter.implementation}${interpreter.freeThreaded ? "-freethreaded" : ""}`,
      ),
      version: parseVersion(version),
      markers,
      paths,
      wheelTags,
    };
    await this.file("pybi-info/PYBI", Buffer.from(formatPybiFile({ tags: platformTags })));
    await this.file("pybi-info/METADATA", Buffer.from(formatPybiMetadata(metadata)));
    this.#rows.push({ path: "pybi-info/RECORD" });
    const record = formatRecord(this.#rows);
    this.#attempt("RECORD", () => writeFileSync(`${this.#root}/pybi-info/RECORD`, record, { flag: "wx" }));
  }

  has(path: string): boolean {
    return this.#rows.some((row) => row.path === path);
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
        const refusal = oneFileRefusal(this.#label, this.#root, path);
        if (refusal !== undefined) throw refusal;
        throw new PosyError(
          "invalid-archive",
          `two members of \`${this.#label}\` would be the same file: \`${path}\``,
        );
      }
      throw asPosyError(failureAt(error, join(this.#root, path)), `unpacking \`${this.#label}\``);
    }
  }
}
