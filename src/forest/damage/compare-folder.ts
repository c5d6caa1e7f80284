import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { digestOfFile } from "./digest-of-file.ts";
import type { Damage, Expected, VerifyOptions } from "./damage.ts";
import { addedAt, changedBytecode, damageOf, entriesOf } from "./damaged-entry.ts";

export interface CompareOptions extends VerifyOptions {
  /** When the entry was published, in milliseconds since 1970. Undefined if that is unknown: then all is hashed. */
  readonly published: number | undefined;
  /** Paths of files that may exist and may have any content. */
  readonly ignored?: ReadonlySet<string>;
}

/** What a folder must contain. */
type Tree = Map<string, Tree | Expected>;

/** Files between two calls of the progress hook: some milliseconds of work. */
const hookInterval = 200;

const windows = process.platform === "win32";

/**
 * Compares a folder with what it must contain, and returns what is wrong. `expected` has all files and links, by path
 * with slashes. Links are compared and never followed, so nothing outside of the folder is read.
 *
 * Files in a `__pycache__` are ignored, also those that a wheel brings: Python replaces bytecode that is out of date,
 * and compiles what is missing. An empty folder is not damage either.
 */
export async function compareFolder(
  root: string,
  expected: ReadonlyMap<string, Expected>,
  { full, published, progress, ignored = new Set() }: CompareOptions,
): Promise<readonly Damage[]> {
  const damages: Damage[] = [];
  let files = 0;
  let sinceHook = 0;

  const compareFile = (path: string, wanted: Expected, stats: Stats): boolean => {
    if ("symlink" in wanted) return stats.isSymbolicLink() && readlinkSync(path) === wanted.symlink;
    const { size, hash, executable } = wanted;
    if (!stats.isFile() || (size !== undefined && stats.size !== size)) return false;
    if (executable && !windows && (stats.mode & 0o100) === 0) return false;
    if (hash === undefined) return true;
    if (!full && size !== undefined && published !== undefined && stats.mtimeMs <= published) return true;
    return digestOfFile(path, hash.algorithm) === hash.digest;
  };

  const visit = async (folder: string, inside: string, tree: Tree): Promise<void> => {
    const missing = new Map([...tree].map(([name, wanted]) => [keyOf(name), [name, wanted] as const]));
    for (const entry of entriesOf(folder)) {
      const [name, wanted] = missing.get(keyOf(entry.name)) ?? [entry.name, undefined];
      missing.delete(keyOf(name));
      const path = `${folder}/${entry.name}`;
      const insidePath = inside === "" ? name : `${inside}/${name}`;
      if (wanted === undefined) {
        if (!ignored.has(insidePath)) damages.push(...addedAt(path, insidePath, entry));
      } else if (name === "__pycache__") {
        damages.push(...changedBytecode(path, insidePath, entry));
      } else if (wanted instanceof Map) {
        if (entry.isDirectory()) await visit(path, insidePath, wanted);
        else damages.push({ path: insidePath, kind: "changed" });
      } else {
        const kind = damageOf(() => compareFile(path, wanted, lstatSync(path)));
        if (kind !== undefined) damages.push({ path: insidePath, kind });
        files++;
        if (++sinceHook >= hookInterval) {
          sinceHook = 0;
          await progress?.(files);
        }
      }
    }
    for (const [name] of missing.values()) {
      if (name !== "__pycache__") {
        damages.push({ path: inside === "" ? name : `${inside}/${name}`, kind: "missing" });
      }
    }
  };

  await visit(root, "", treeOf(expected));
  await progress?.(files);
  return damages;
}

/** HFS+ on macOS decomposes the names of files. */
const keyOf = (name: string) => (process.platform === "darwin" ? name.normalize("NFC") : name);

function treeOf(expected: ReadonlyMap<string, Expected>): Tree {
  const root: Tree = new Map();
  const folders = new Map<string, Tree>([["", root]]);
  const folderAt = (path: string): Tree => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const slash = path.lastIndexOf("/");
    const folder: Tree = new Map();
    folderAt(path.slice(0, Math.max(slash, 0))).set(path.slice(slash + 1), folder);
    folders.set(path, folder);
    return folder;
  };
  for (const [path, wanted] of expected) {
    const slash = path.lastIndexOf("/");
    folderAt(path.slice(0, Math.max(slash, 0))).set(path.slice(slash + 1), wanted);
  }
  return root;
}
