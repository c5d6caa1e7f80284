import { createHash, type Hash } from "node:crypto";
import { type Dirent, lstatSync, readdirSync, readlinkSync, statSync, type Stats } from "node:fs";
import { extname, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError } from "../../system/fs/index.ts";
import { isIgnoredSource } from "./source-ignore.ts";
import { historyState, readDeclarations } from "./build-file-heuristics.ts";

/** More than any project has: a home or a whole disk was named. */
const mostEntries = 200_000;

/** What is compiled: where an editable project has some, they are built into it. */
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
 * The state of a folder as 64 hexadecimal digits: of every file that a build could see its path, size, time and whether it may be
 * executed. Nothing is read. Of an editable project the Python files are left out, since it is used where it is; what says how it
 * is built, what is compiled, and which folders there are count. Throws `invalid-source` where there are too many.
 */
export function directoryFingerprint(root: string, project: string, editable: boolean): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(["folder", root, project, editable]));
  try {
    walk({ root: editable ? project : root, editable, hash, seen: 0 }, "");
    const declarations = readDeclarations(project);
    if (declarations.askHistory) hash.update(historyState(project));
  } catch (error) {
    throw asPosyError(error, `looking at \`${root}\``);
  }
  return hash.digest("hex");
}

function walk(state: Walk, relative: string): void {
  const folder = join(state.root, relative);
  const entries = readdirSync(folder, { withFileTypes: true });
  state.seen += entries.length;
  if (state.seen > mostEntries) {
    throw new PosyError("invalid-source", `\`${state.root}\` has more than ${mostEntries} files`, {
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

/** Of an editable project: files beside `pyproject.toml` that are no Python, `setup.py`, and sources to compile, but not what Cython makes. */
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
