import { readdir } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { asPosyError, readNamedFile, textIfThere } from "../../system/fs/index.ts";
import {
  insertKey,
  isTable,
  lineBreakOf,
  openDocument,
  refuseKey,
  spliced,
  type TomlDocument,
  tomlString,
  withLine,
} from "../../toml/index.ts";
import { decodeText, parseProject, type Project, setSource } from "../../project/index.ts";
import { projectText } from "./new-project.ts";
import type { PythonChoice } from "./python-choice.ts";
import { type RequirementsRole, roleOf } from "./requirements-role.ts";
import { nameFor, type TakenRequirements, takeRequirements } from "./take-requirements.ts";

export interface InitChoice {
  readonly name?: string;
  readonly python: PythonChoice;
}

/** The `pyproject.toml` that makes a folder a project. */
export interface InitializedProject {
  /** The absolute path of `pyproject.toml`. */
  readonly path: string;
  /** Its new text. It is the old one if there is nothing to add. */
  readonly text: string;
  /** Its old text; undefined if there was none. */
  readonly before: string | undefined;
  readonly project: Project;
  /** The files whose contents were added. */
  readonly taken: readonly TakenFile[];
  /** A sentence for each file, line or list that was not added. */
  readonly left: readonly string[];
}

/** A file whose contents were added to a list of `pyproject.toml`. */
export interface TakenFile {
  /** Its path: `requirements.txt`. */
  readonly from: string;
  /** The key of the list: `project.dependencies`. */
  readonly to: string;
  /** How many entries were added. */
  readonly count: number;
}

interface RequirementsFile extends TakenRequirements {
  readonly path: string;
  readonly file: string;
  readonly role: RequirementsRole;
}

/**
 * Returns the `pyproject.toml` that makes a folder a project, with the requirements of the folder's requirements
 * files. Writes nothing. Existing text is not changed: an existing list stays, and the result names the files that
 * would have gone into it. Throws `invalid-project`, `invalid-requirements-file`, `invalid-name`.
 */
export async function initProject(folder: string, choice: InitChoice): Promise<InitializedProject> {
  const path = join(folder, "pyproject.toml");
  const before = await textIfThere(path);
  const names = await readdir(folder).catch((error: unknown) => {
    throw asPosyError(error, `looking into \`${folder}\``);
  });
  const { files, left } = await requirementsFiles(folder, names);
  const taken: TakenFile[] = [];
  let text = before ?? "";
  let document = await openDocument(text, path);
  if (document.value["project"] === undefined) {
    text = begin(
      document,
      nameFor(choice.name ?? basename(folder)),
      choice.python,
      names.includes("setup.py"),
    );
    document = await openDocument(text, path);
  }
  const main = document.value["project"] === undefined ? "dev" : undefined;
  for (const [key, list] of listsOf(files, main)) {
    const where = key.join(".");
    const from = list.map(({ file }) => file).join(" and ");
    if (isThere(document, key)) {
      left.push(`\`${from}\` is left: \`${where}\` is there already`);
      continue;
    }
    const items = itemsOf(list, files, main);
    if (items.length === 0) continue;
    const lineBreak = lineBreakOf(text);
    const lines = items.map((item) => `    ${item},${lineBreak}`).join("");
    const value = `[${lineBreak}${lines}]`;
    const old = document.locate(key)?.node;
    const splice =
      old === undefined
        ? insertKey(document, key, value)
        : { start: old.range[0], end: old.range[1], text: value };
    text = spliced(text, [splice]);
    for (const [name, fields] of list.flatMap((file) => [...file.sources])) {
      text = await setSource(text, path, name, fields);
    }
    document = await openDocument(text, path);
    taken.push({ from, to: where, count: items.length });
  }
  const fresh = files.filter(({ file }) => taken.some(({ from }) => from.split(" and ").includes(file)));
  if (fresh.some(({ prerelease }) => prerelease) && !isThere(document, ["tool", "posy", "prerelease"])) {
    text = spliced(text, [insertKey(document, ["tool", "posy", "prerelease"], '"allow"')]);
    const from = fresh.flatMap(({ prerelease, file }) => (prerelease ? file : []));
    taken.push({ from: from.join(" and "), to: "tool.posy.prerelease", count: 1 });
  }
  text = withIndexes(text, document, fresh, taken);
  for (const file of fresh) {
    left.push(...file.left);
    const unread = file.includes.filter((included) => !files.some((other) => other.path === included));
    for (const included of unread) {
      const name = relative(folder, included);
      left.push(`\`${name}\`, which \`${file.file}\` includes, is left: its name does not tell its purpose`);
    }
  }
  const project = await parseProject(text, path);
  return { path, text, before, project, taken, left };
}

/**
 * Returns the text with `[project]` before everything else, or, for a folder with `setup.py`, with `[tool.posy]` at
 * the end. Throws `invalid-project` for a project that only Poetry can read.
 */
function begin(
  document: TomlDocument,
  name: ReturnType<typeof nameFor>,
  python: PythonChoice,
  setuptools: boolean,
): string {
  const { text, value } = document;
  const tool = value["tool"];
  if (
    isTable(tool) &&
    tool["poetry"] !== undefined &&
    (tool["poetry"] as { name?: unknown }).name !== undefined
  ) {
    throw withLine(
      refuseKey("tool.poetry", "says what the project is in a way that only Poetry reads", {
        hint: "move it to `[project]`, which Poetry 2 reads too, then run `posy init` again",
      }),
      document,
    );
  }
  const lineBreak = lineBreakOf(text);
  // `setup.py` already gives the name and the dependencies to the backend, so there is no `[project]`.
  const system = '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n';
  const table = setuptools
    ? `${value["build-system"] === undefined ? `${system}\n` : ""}[tool.posy]\n`
    : projectText(name, python, [], false);
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const rest = text.slice(mark.length);
  if (setuptools) {
    // TOML allows each table once.
    if (isTable(tool) && tool["posy"] !== undefined) return text;
    const gap = rest.trim() === "" ? "" : lineBreak;
    return `${mark}${rest}${gap}${table.replaceAll("\n", lineBreak)}`;
  }
  return `${mark}${table.replaceAll("\n", lineBreak)}${rest.trim() === "" ? "" : lineBreak + rest}`;
}

async function requirementsFiles(folder: string, names: readonly string[]) {
  const nested = names.includes("requirements")
    ? (await readdir(join(folder, "requirements")).catch(() => [])).map((name) => `requirements/${name}`)
    : [];
  const left: string[] = [];
  const files: RequirementsFile[] = [];
  const all = [...names, ...nested].sort();
  for (const file of all) {
    const role = roleOf(file);
    if (role === undefined) continue;
    if (role.kind === "lock") {
      left.push(`\`${file}\` is left: by its name, a tool made it from another file, as \`posy lock\` does`);
      continue;
    }
    if (file.endsWith(".txt") && all.includes(file.replace(/txt$/, "in"))) {
      left.push(`\`${file}\` is left: \`${file.replace(/txt$/, "in")}\` is the file that it was made from`);
      continue;
    }
    const path = join(folder, file);
    const bytes = await readNamedFile(path).catch((error: unknown) => {
      throw asPosyError(error, `reading \`${path}\``);
    });
    const read = await takeRequirements(decodeText(bytes, file), {
      file,
      home: dirname(path),
      project: folder,
    });
    files.push({ ...read, path, file, role });
  }
  for (const name of ["Pipfile", "environment.yml", "environment.yaml"]) {
    if (names.includes(name)) left.push(`\`${name}\` is left: it has the format of another tool`);
  }
  return { files, left };
}

/** Returns the files by the key that they go to. `main` is the group that replaces `[project]` if there is none. */
function listsOf(
  files: readonly RequirementsFile[],
  main: string | undefined,
): ReadonlyMap<readonly string[], readonly RequirementsFile[]> {
  const byKey = new Map<string, { key: readonly string[]; list: RequirementsFile[] }>();
  for (const file of files) {
    const key = keyOf(file, files, main);
    const entry = byKey.get(key.join("\0")) ?? { key, list: [] };
    entry.list.push(file);
    byKey.set(key.join("\0"), entry);
  }
  const rank = ({ key }: { key: readonly string[] }) =>
    ["project", "dependency-groups", "tool"].indexOf(key[0] ?? "");
  const inOrder = [...byKey.values()].sort((a, b) => rank(a) - rank(b));
  return new Map(inOrder.map(({ key, list }) => [key, list]));
}

function keyOf(
  { role, path }: RequirementsFile,
  files: readonly RequirementsFile[],
  main: string | undefined,
): readonly string[] {
  const isConstraints = files.some(({ constraints }) => constraints.includes(path));
  if (role.kind === "constraints" || (isConstraints && role.kind === "group"))
    return ["tool", "posy", "constraints"];
  if (role.kind === "group") return ["dependency-groups", role.name];
  return main === undefined ? ["project", "dependencies"] : ["dependency-groups", main];
}

function isThere(document: TomlDocument, key: readonly string[]): boolean {
  const node = document.locate(key)?.node;
  const [, list = ""] = key;
  const project = document.value["project"] as { dynamic?: readonly string[] } | undefined;
  if (key[0] === "project" && project?.dynamic?.includes(list)) return true;
  return node !== undefined && (node.type !== "TOMLArray" || node.elements.length > 0);
}

/**
 * Returns the TOML of each item: first the groups that the files include (`-r`), then their requirements.
 * Dependencies of the project are in every environment anyway, so they are not included.
 */
function itemsOf(
  list: readonly RequirementsFile[],
  files: readonly RequirementsFile[],
  main: string | undefined,
): readonly string[] {
  const included = list.flatMap(({ includes, file }) =>
    includes.flatMap((path) => {
      const other = files.find((each) => each.path === path);
      if (other === undefined || other.file === file) return [];
      const [table, name] = keyOf(other, files, main);
      const isHere = list.some((entry) => entry.file === other.file);
      return table === "dependency-groups" && !isHere
        ? [`{ include-group = ${tomlString(name ?? "")} }`]
        : [];
    }),
  );
  const requirements = list.flatMap((file) => file.requirements.map((each) => tomlString(each)));
  return [...new Set([...included, ...requirements])];
}

/** Appends the indexes. Tables of an array can be at the end of the file, so no position has to be looked up again. */
function withIndexes(
  text: string,
  document: TomlDocument,
  files: readonly RequirementsFile[],
  taken: TakenFile[],
): string {
  const urls = new Map<string, { from: string; default: boolean }>();
  for (const { indexes, file } of files) {
    for (const index of indexes) {
      if (!urls.has(index.url)) urls.set(index.url, { from: file, default: index.default });
    }
  }
  if (urls.size === 0 || document.locate(["tool", "posy", "indexes"]) !== undefined) return text;
  const lineBreak = lineBreakOf(text);
  let whole = text;
  let hasDefault = false;
  for (const [url, index] of urls) {
    const isDefault: boolean = index.default && !hasDefault;
    hasDefault ||= isDefault;
    const lines = [
      "",
      "[[tool.posy.indexes]]",
      `url = ${tomlString(url)}`,
      ...(isDefault ? ["default = true"] : []),
      "",
    ];
    whole += lines.join(lineBreak);
    taken.push({ from: index.from, to: "tool.posy.indexes", count: 1 });
  }
  return whole;
}
