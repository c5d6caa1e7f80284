import { createHash, type Hash } from "node:crypto";
import { type Dirent, lstatSync, readdirSync, readlinkSync, statSync, type Stats } from "node:fs";
import { extname, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError } from "../../system/fs/index.ts";
import { isIgnoredSource } from "./source-ignore.ts";
import { historyState, metadataFiles, readBuildHints } from "./build-file-heuristics.ts";

/** No project has more files. With more, the folder is a home or a whole disk. */
const maxEntries = 200_000;

/** Extensions of files that take part in compiling. An editable project is built again if one of them changes. */
const compiled: ReadonlySet<string> = new Set(
  ".c .cc .cpp .cxx .h .hh .hpp .hxx .inc .m .mm .cu .f .f90 .f95 .for .pyx .pxd .pxi .pyf .rs .go .zig .d .s .asm .i .toml .lock .build .cmake .txt .in".split(
    " ",
  ),
);

interface Walk {
  readonly root: string;
  readonly editable: boolean;
  readonly hash: Hash;
  seen: number;
}

/**
 * Returns the state of a folder as 64 hexadecimal digits. The state has path, size, time and executable bit of every
 * file that a build could see. No file is read. An editable project is used in its own folder, so its Python files are
 * left out: only build files, compiled sources, files that the metadata may come from, and the names of folders count.
 * Throws `invalid-source` if there are too many files.
 */
export function directoryFingerprint(root: string, project: string, editable: boolean): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(["folder", root, project, editable]));
  try {
    walk({ root: editable ? project : root, editable, hash, seen: 0 }, "");
    if (editable) for (const path of metadataFiles(project)) hashMetadataFile(hash, path);
    if (readBuildHints(project).usesHistory) hash.update(historyState(project));
  } catch (error) {
    throw asPosyError(error, `looking at \`${root}\``);
  }
  return hash.digest("hex");
}

function hashMetadataFile(hash: Hash, path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  hash.update(`${path}\0${stats === undefined ? "" : statText(stats)}\n`);
}

function walk(state: Walk, relative: string): void {
  const folder = join(state.root, relative);
  const entries = readdirSync(folder, { withFileTypes: true });
  state.seen += entries.length;
  if (state.seen > maxEntries) {
    throw new PosyError("invalid-source", `\`${state.root}\` has more than ${maxEntries} files`, {
      hint: "name the folder of the project itself: the one with its `pyproject.toml`",
    });
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (isIgnoredSource(folder, entry.name, entry.isDirectory())) continue;
    const path = relative === "" ? entry.name : `${relative}/${entry.name}`;
    if (entry.isDirectory()) {
      state.hash.update(`${path}/\n`);
      walk(state, path);
    } else if (!state.editable || counts(entry, relative, entries)) {
      state.hash.update(`${path}\0${describe(join(folder, entry.name), entry)}\n`);
    }
  }
}

/**
 * Whether a file of an editable project counts: `setup.py`, files next to `pyproject.toml` that are not Python, and
 * sources to compile, except those that Cython generates.
 */
function counts({ name }: Dirent, relative: string, beside: readonly Dirent[]): boolean {
  const extension = extname(name).toLowerCase();
  if (relative === "") return name === "setup.py" || (extension !== ".py" && !isMade(extension));
  if (!compiled.has(extension)) return false;
  if (extension !== ".c" && extension !== ".cpp") return true;
  const stem = name.slice(0, -extension.length);
  return !beside.some((other) => other.name === `${stem}.pyx` || other.name === `${stem}.py`);
}

function isMade(extension: string): boolean {
  return [".so", ".pyd", ".dll", ".dylib", ".o", ".obj", ".a", ".lib"].includes(extension);
}

function describe(path: string, entry: Dirent): string {
  if (!entry.isSymbolicLink()) return statText(lstatSync(path));
  const target = statSync(path, { throwIfNoEntry: false });
  return `${readlinkSync(path)}\0${target === undefined ? "" : statText(target)}`;
}

function statText({ size, mtimeMs, mode }: Stats): string {
  return `${size}\0${mtimeMs}\0${mode & 0o111}`;
}
