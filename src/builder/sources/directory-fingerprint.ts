import { createHash } from "node:crypto";
import { type Dirent, lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { extname, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError, statIfThere } from "../../system/fs/index.ts";
import { isIgnoredSource } from "./source-ignore.ts";
import type { ProjectInputs } from "./project-inputs.ts";

/** No project has more files. With more, the folder is a home or a whole disk. */
const maxEntries = 200_000;

/** Extensions of sources that are compiled. An editable project is built again if one of them changes. */
const code =
  ".c .cc .cpp .cxx .h .hh .hpp .hxx .inc .m .mm .cu .f .f90 .f95 .for .pyx .pxd .pxi .pyf .rs .go .zig .d .s .asm .i".split(
    " ",
  );
/** With those of files that control how they are compiled. Pure Python projects have such files, too. */
const compiled: ReadonlySet<string> = new Set([...code, ".toml", ".lock", ".build", ".cmake", ".txt", ".in"]);

interface Walk {
  readonly root: string;
  readonly editable: boolean;
  seen: number;
  /** Called with the relative path of each folder, which ends with a slash, and with that of each file that counts. */
  visit(path: string, describe: () => string): void;
}

/**
 * Returns the state of a folder as 64 hexadecimal digits. The state has path, size, time and executable bit of every
 * file that a build could see, and the state of `inputs`. No file is read. An editable project is used in its own
 * folder, so its Python files are left out: only build files, compiled sources, files that the metadata may come from,
 * and the names of folders count. Throws `invalid-source` if there are too many files.
 */
export function directoryFingerprint(
  root: string,
  project: string,
  editable: boolean,
  { paths, folders, variables }: ProjectInputs,
  environment: NodeJS.ProcessEnv,
): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(["folder", root, project, editable]));
  const visit = (path: string, describe: () => string) => hash.update(`${path}\0${describe()}\n`);
  try {
    walk({ root: editable ? project : root, editable, seen: 0, visit }, "");
    for (const path of paths) visit(path, () => statTextOf(path));
    // Entries come and go in a folder (`__pycache__`), but another folder with the same name is a change.
    for (const path of folders) visit(path, () => `${statIfThere(path)?.ino ?? ""}`);
  } catch (error) {
    throw asPosyError(error, `looking at \`${root}\``);
  }
  hash.update(JSON.stringify(variables.map((name) => [name, environment[name] ?? null])));
  return hash.digest("hex");
}

/**
 * Returns the absolute paths of the files of an editable project that its compiled modules are made from; an empty list
 * if nothing is compiled. Throws `invalid-source` if there are too many files.
 */
export function compiledSources(project: string): readonly string[] {
  const files: string[] = [];
  const visit = (path: string) => {
    if (!path.endsWith("/")) files.push(join(project, path));
  };
  try {
    walk({ root: project, editable: true, seen: 0, visit }, "");
  } catch (error) {
    throw asPosyError(error, `looking at \`${project}\``);
  }
  return files.some((path) => code.includes(extname(path).toLowerCase())) ? files : [];
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
      state.visit(`${path}/`, () => "");
      walk(state, path);
    } else if (!state.editable || counts(entry, relative, entries)) {
      state.visit(path, () => describe(join(folder, entry.name), entry));
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
  return `${readlinkSync(path)}\0${statTextOf(path)}`;
}

/** Returns the state of a file, or "" if it does not exist. */
function statTextOf(path: string): string {
  const stats = statIfThere(path);
  return stats === undefined ? "" : statText(stats);
}

function statText({ size, mtimeMs, mode }: Stats): string {
  return `${size}\0${mtimeMs}\0${mode & 0o111}`;
}
