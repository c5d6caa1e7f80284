import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildFileText } from "./build-file-heuristics.ts";
import { statIfThere } from "../../system/fs/index.ts";

/** Files that build backends read the metadata from, in the folder of the project. */
const always = ["pyproject.toml", "setup.py", "setup.cfg"];
/** They count only if they exist: most projects have none of them. */
const others = [
  "hatch.toml",
  "hatch_build.py",
  "pdm_build.py",
  "meson.build",
  "CMakeLists.txt",
  "Cargo.toml",
];

/** The tables of `pyproject.toml` in which build backends and their plugins name files. */
const backendTable =
  /^\[+(project|tool\.(hatch|setuptools|pdm|flit|poetry|scikit-build|meson-python|maturin|version)[\w.-]*)/;

/** The files in which flit looks for `__version__`, in this order. */
const flitFiles = ["version.py", "_version.py", "__version__.py", "__init__.py"];

/**
 * Returns the absolute paths of the files that the metadata of a project may come from: `pyproject.toml`, `setup.py`,
 * `setup.cfg`, and existing files that these name:
 *
 * - paths (`file = "requirements.txt"`, `open("VERSION.txt")`),
 * - modules (`attr = "app.__version__"`, `getter = "app.version:get"`),
 * - names of files in a package (`os.path.join("src", "app", "_version.py")`),
 * - the module of a project of flit, which has the version and the summary.
 */
export function metadataFiles(project: string): readonly string[] {
  const required = always.map((name) => join(project, name));
  const existing = others.map((name) => join(project, name)).filter(isFile);
  const [pyproject = "", ...setup] = required.map(buildFileText);
  const tables = tablesOf(pyproject).filter((table) => backendTable.test(table));
  const texts = [...tables, ...setup, ...existing.map(buildFileText)];
  const words = [...new Set(texts.flatMap((text) => text.match(/[\w.+/\\-]+/g) ?? []))].filter(
    (word) => /[\w+-]\.\w|\w[/\\]\w/.test(word) && word.length < 200,
  );
  const roots = sourceRoots(project, tables.join("\n"));
  const named = words
    .flatMap((word) => [join(project, word), ...moduleFiles(word, roots), ...filesInPackages(word, roots)])
    .filter(isFile);
  return [
    ...new Set([...required, ...existing, ...named, ...flitModule(pyproject, roots), ...cargoFiles(project)]),
  ];
}

function tablesOf(pyproject: string): readonly string[] {
  return pyproject.split(/^(?=\s*\[)/m).map((table) => table.trimStart());
}

/** Returns the folders with the top-level packages: that of the project, and those with other names for `src`. */
function sourceRoots(project: string, tables: string): readonly string[] {
  const named = [...tables.matchAll(/\b(?:package-dir|where|from|packages-root)\b\s*=(.*)/g)].flatMap(
    ([, value = ""]) => value.match(/[\w./-]+/g) ?? [],
  );
  return [...new Set(["", "src", "lib", ...named])].map((name) => join(project, name)).filter(isFolder);
}

/** Returns the files that a dotted name may mean: `app.part.value` may be in `app/part.py`. */
function moduleFiles(word: string, roots: readonly string[]): readonly string[] {
  if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/.test(word)) return [];
  const steps = word.split(".");
  return roots.flatMap((root) => {
    const [first = ""] = steps;
    if (!isFolder(join(root, first))) return [join(root, `${first}.py`)];
    return steps.flatMap((_, at) => {
      const path = join(root, ...steps.slice(0, at + 1));
      return [join(path, "__init__.py"), `${path}.py`];
    });
  });
}

/** Returns the Python files of a name in the top-level packages. `setup.py` often joins the parts of a path. */
function filesInPackages(word: string, roots: readonly string[]): readonly string[] {
  if (!/^\w+\.py$/.test(word)) return [];
  return roots.flatMap((root) => {
    const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return folders.map(({ name }) => join(root, name, word));
  });
}

/** Returns the files from which flit reads a version or a summary that `pyproject.toml` leaves out. */
function flitModule(pyproject: string, roots: readonly string[]): readonly string[] {
  if (!/\bflit/.test(pyproject) || !/^\s*dynamic\s*=|\[tool\.flit\.metadata\]/m.test(pyproject)) return [];
  const tables = tablesOf(pyproject);
  const valueIn = (table: string, key: string) =>
    new RegExp(`^\\s*${key}\\s*=\\s*["']([\\w.-]+)["']`, "m").exec(
      tables.find((text) => text.startsWith(`[${table}]`)) ?? "",
    )?.[1];
  const module =
    valueIn("tool.flit.module", "name") ??
    valueIn("tool.flit.metadata", "module") ??
    valueIn("project", "name")?.replaceAll("-", "_");
  if (module === undefined) return [];
  const path = join(...module.split("."));
  return roots
    .flatMap((root) => [...flitFiles.map((name) => join(root, path, name)), join(root, `${path}.py`)])
    .filter(isFile);
}

/** Returns the `Cargo.toml` of the workspaces above, if a crate takes its version from there. */
function cargoFiles(project: string): readonly string[] {
  if (!/\bworkspace\s*=\s*true/.test(buildFileText(join(project, "Cargo.toml")))) return [];
  const files: string[] = [];
  for (let folder = dirname(project); folder !== dirname(folder); folder = dirname(folder)) {
    files.push(join(folder, "Cargo.toml"));
  }
  return files.filter(isFile);
}

function isFile(path: string): boolean {
  return statIfThere(path)?.isFile() ?? false;
}

function isFolder(path: string): boolean {
  return statIfThere(path)?.isDirectory() ?? false;
}
