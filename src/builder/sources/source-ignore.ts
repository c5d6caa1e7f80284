import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** What no build looks at: histories, caches, environments, what editors keep. */
const names: ReadonlySet<string> = new Set([
  ".git",
  ".hg",
  ".svn",
  ".bzr",
  "_darcs",
  "CVS",
  "__pycache__",
  ".venv",
  ".posy",
  "node_modules",
  ".tox",
  ".nox",
  ".eggs",
  ".mypy_cache",
  ".pytest_cache",
  ".ruff_cache",
  ".hypothesis",
  ".ipynb_checkpoints",
  ".idea",
  ".vscode",
  ".DS_Store",
]);

/** Left by tools in folders that they made and may throw away, whatever these are called. */
const marks = ["CACHEDIR.TAG", "pyvenv.cfg", "CMakeCache.txt", "meson-info"];

/** What setuptools puts into `build`: any other folder of that name is somebody's package. */
const built = /^(lib|lib[.-].*|temp\..*|bdist\..*|scripts-.*|__editable__\..*|\.gitignore)$/;
const distributions = /(\.whl|\.tar\.gz|\.zip|\.egg|^\.gitignore)$/;

/** Whether a file or folder of a project is none of its sources: left by builds, tests, tools. `folder` is where it lies. */
export function isIgnoredSource(folder: string, name: string, isFolder: boolean): boolean {
  if (names.has(name)) return true;
  if (!isFolder) return /\.py[co]$/.test(name);
  if (name.endsWith(".egg-info")) return true;
  const path = join(folder, name);
  if (name === "build") return isMarked(path) || holdsOnly(path, built);
  if (name === "dist") return holdsOnly(path, distributions);
  return isMarked(path);
}

function isMarked(folder: string): boolean {
  return marks.some((mark) => existsSync(join(folder, mark)));
}

function holdsOnly(folder: string, pattern: RegExp): boolean {
  const entries = readdirSync(folder);
  return entries.length > 0 && entries.every((entry) => pattern.test(entry));
}
