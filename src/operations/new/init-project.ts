import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { asPosyError, textIfThere } from "../../system/fs/index.ts";
import {
  indentationAt,
  insertKey,
  isTable,
  lineBreakOf,
  openDocument,
  spliced,
  type TomlDocument,
  tomlString,
} from "../../toml/index.ts";
import {
  addIndex,
  parsePackageChoice,
  parseProject,
  type Project,
  refusesUrls,
  setSource,
} from "../../project/index.ts";
import { normalizeName, type PackageName } from "../../vocab/requirement/index.ts";
import { type MetadataProvider, metadataProvider } from "./metadata-provider.ts";
import { projectText } from "./new-project.ts";
import { type PlannedList, planLists } from "./plan-lists.ts";
import type { PythonChoice } from "./python-choice.ts";
import { type FileWithRole, readFilesWithRoles } from "./requirements-files.ts";
import { nameFor, type TakenRequirement } from "./take-requirements.ts";

export interface InitChoice {
  readonly name?: string;
  readonly python: PythonChoice;
  /** The Python request that was given, if one was. */
  readonly pythonRequest?: string;
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
  /** A sentence for each file, line or option that was not added. */
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

/**
 * Returns the `pyproject.toml` that makes a folder a project, with the requirements of the folder's requirements
 * files. Writes nothing. Existing text is not changed: an existing list stays, and the result names the files that
 * would have gone into it. Throws `invalid-project`, `invalid-name`.
 */
export async function initProject(folder: string, choice: InitChoice): Promise<InitializedProject> {
  const path = join(folder, "pyproject.toml");
  const before = await textIfThere(path);
  const names = await readdir(folder).catch((error: unknown) => {
    throw asPosyError(error, `looking into \`${folder}\``);
  });
  const { files, left: unread } = await readFilesWithRoles(folder, names);
  const left = [...unread];
  const taken: TakenFile[] = [];
  let text = before ?? "";
  let document = await openDocument(text, path);
  const hasProject = document.value["project"] !== undefined;
  const provider: MetadataProvider = hasProject
    ? { kind: "project" }
    : await metadataProvider(document, folder, names);
  if (!hasProject) {
    text =
      provider.kind === "backend"
        ? withPosyTable(document, provider.buildSystem)
        : withProject(document, nameFor(choice.name ?? basename(folder)), choice.python);
    document = await openDocument(text, path);
  }
  left.push(...optionsWithoutEffect(choice, hasProject, provider));
  const projectName = nameIn(document);
  const lists = planLists(files, {
    main: provider.kind === "backend" ? "dev" : undefined,
    existingGroups: groupsIn(document),
    isThere: (key) => isThere(document, key),
  });
  // The files whose list exists already: nothing of them is added.
  const skipped = new Set<FileWithRole>();
  const original = document;
  for (const list of lists) {
    const where = list.key.join(".");
    const from = list.files.map(({ file }) => file).join(" and ");
    const isGroup = list.key[0] === "dependency-groups";
    const requirements = withoutProject(list, projectName, left);
    const count = list.includes.length + requirements.length;
    if (count > 0 && isThere(original, list.key)) {
      left.push(
        `\`${from}\` is left: ${isDynamic(original, list.key) ? `the build backend provides \`${where}\` (\`dynamic\`)` : `\`${where}\` is there already`}`,
      );
      for (const file of list.files) skipped.add(file);
      continue;
    }
    left.push(...list.left);
    if (count === 0) continue;
    const allowsUrls = isGroup || !refusesUrls(document, { kind: "dependencies" });
    const items = [
      ...list.includes.map((name) => `{ include-group = ${tomlString(name)} }`),
      ...requirements.map((each) => tomlString((allowsUrls && each.textWithUrl) || each.text)),
    ];
    text = withList(document, list.key, items);
    for (const { name, source, textWithUrl } of requirements) {
      if (source !== undefined && !(allowsUrls && textWithUrl))
        text = await setSource(text, path, name, source);
    }
    document = await openDocument(text, path);
    taken.push({ from, to: where, count });
  }
  const fresh = files.filter((file) => !skipped.has(file));
  for (const file of fresh) left.push(...file.left);
  for (const [key, value, from] of settingsOf(fresh)) {
    const where = key.join(".");
    if (document.locate(key) !== undefined) {
      if (!isSame(document, key, value))
        left.push(`\`${from}\`: \`${where} = ${value}\` is left: the key is there already`);
      continue;
    }
    text = spliced(text, [insertKey(document, key, value)]);
    document = await openDocument(text, path);
    taken.push({ from, to: where, count: 1 });
  }
  text = await withIndexes(document, fresh, taken, left);
  const project = await parseProject(text, path);
  return { path, text, before, project, taken, left };
}

/** Returns the text with `[project]` before everything else. */
function withProject({ text }: TomlDocument, name: PackageName, python: PythonChoice): string {
  const lineBreak = lineBreakOf(text);
  const table = projectText(name, python, [], false).replaceAll("\n", lineBreak);
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const rest = text.slice(mark.length);
  return `${mark}${table}${rest.trim() === "" ? "" : lineBreak + rest}`;
}

/**
 * Returns the text with `[tool.posy]` at the end, which makes a folder a project whose metadata come from its build
 * backend. Adds `[build-system]` if it is missing.
 */
function withPosyTable({ text, value }: TomlDocument, buildSystem: string): string {
  const lineBreak = lineBreakOf(text);
  const tool = value["tool"];
  const tables = [
    ...(value["build-system"] === undefined && buildSystem !== "" ? [buildSystem] : []),
    // TOML allows each table once.
    ...(isTable(tool) && tool["posy"] !== undefined ? [] : ["[tool.posy]\n"]),
  ];
  if (tables.length === 0) return text;
  const isEmpty = text.replace(/^\uFEFF/, "").trim() === "";
  const end = isEmpty ? "" : text.endsWith("\n") ? lineBreak : lineBreak + lineBreak;
  return `${text}${end}${tables.join("\n").replaceAll("\n", lineBreak)}`;
}

/** Returns a sentence for each option that has no effect, because the name and the Pythons are given elsewhere. */
function optionsWithoutEffect(
  { name, pythonRequest }: InitChoice,
  hasProject: boolean,
  { kind }: MetadataProvider,
): readonly string[] {
  if (!hasProject && kind === "project") return [];
  const why = hasProject ? "`[project]` is there already" : "the build backend provides the metadata";
  return [
    ...(name === undefined ? [] : ["--name"]),
    ...(pythonRequest === undefined ? [] : ["--python"]),
  ].map((option) => `\`${option}\` has no effect: ${why}`);
}

/** Returns the text with the items in a list that is missing or empty. */
function withList(document: TomlDocument, key: readonly string[], items: readonly string[]): string {
  const { text } = document;
  const lineBreak = lineBreakOf(text);
  const old = document.locate(spelled(document, key))?.node;
  // `insertKey` indents a new list.
  const margin = old === undefined ? "" : indentationAt(text, old.range[0]);
  const lines = items.map((item) => `${margin}    ${item},${lineBreak}`).join("");
  const value = `[${lineBreak}${lines}${margin}]`;
  const splice =
    old === undefined
      ? insertKey(document, key, value, `[${items.join(", ")}]`)
      : { start: old.range[0], end: old.range[1], text: value };
  return spliced(text, [splice]);
}

/** Returns the key with the name of a group as the file spells it. */
function spelled({ value }: TomlDocument, key: readonly string[]): readonly string[] {
  const [table = "", name = ""] = key;
  const groups = value["dependency-groups"];
  if (table !== "dependency-groups" || !isTable(groups)) return key;
  return [table, Object.keys(groups).find((each) => normalizeName(each) === normalizeName(name)) ?? name];
}

function isThere(document: TomlDocument, key: readonly string[]): boolean {
  const node = document.locate(spelled(document, key))?.node;
  return (
    isDynamic(document, key) ||
    (node !== undefined && (node.type !== "TOMLArray" || node.elements.length > 0))
  );
}

/** Whether `project.dynamic` leaves a list of `[project]` to the build backend. */
function isDynamic({ value }: TomlDocument, [table, list = ""]: readonly string[]): boolean {
  const project = value["project"];
  const dynamic = isTable(project) ? project["dynamic"] : undefined;
  return table === "project" && Array.isArray(dynamic) && dynamic.includes(list);
}

function nameIn({ value }: TomlDocument): string | undefined {
  const project = value["project"];
  const name = isTable(project) ? project["name"] : undefined;
  return typeof name === "string" ? normalizeName(name) : undefined;
}

/** Returns the groups of a document by normalised name, with the names of the groups that they include. */
function groupsIn({ value }: TomlDocument): ReadonlyMap<string, readonly string[]> {
  const groups = value["dependency-groups"];
  return new Map(
    Object.entries(isTable(groups) ? groups : {}).map(([name, items]) => [
      normalizeName(name),
      (Array.isArray(items) ? (items as unknown[]) : []).flatMap((item) => {
        const included = isTable(item) ? item["include-group"] : undefined;
        return typeof included === "string" ? [included] : [];
      }),
    ]),
  );
}

/**
 * Returns the requirements of a list without those on the project itself, which `pip freeze` writes. Only groups may
 * ask for extras of the project.
 */
function withoutProject(
  { key, requirements }: PlannedList,
  projectName: string | undefined,
  left: string[],
): readonly TakenRequirement[] {
  return requirements.filter(({ name, hasExtras, leave }) => {
    if (name !== projectName || (hasExtras && key[0] === "dependency-groups")) return true;
    left.push(leave("it is the project itself, which is always there"));
    return false;
  });
}

/** Returns the settings of files: the path of each key, its value in TOML, and the file that it comes from. */
function settingsOf(files: readonly FileWithRole[]): readonly (readonly [string[], string, string])[] {
  const from = (has: (file: FileWithRole) => boolean) =>
    files
      .filter(has)
      .map(({ file }) => file)
      .join(" and ");
  const choiceOf = (values: readonly string[]) => {
    const { all, names } = parsePackageChoice(values);
    if (all) return "true";
    return names.size === 0 ? undefined : `[${[...names].map((name) => tomlString(name)).join(", ")}]`;
  };
  const settings: readonly (readonly [string, string | undefined, string])[] = [
    [
      "prerelease",
      files.some(({ prerelease }) => prerelease) ? '"allow"' : undefined,
      from(({ prerelease }) => prerelease),
    ],
    [
      "no-binary",
      choiceOf(files.flatMap(({ noBinary }) => noBinary)),
      from(({ noBinary }) => noBinary.length > 0),
    ],
    [
      "no-build",
      choiceOf(files.flatMap(({ onlyBinary }) => onlyBinary)),
      from(({ onlyBinary }) => onlyBinary.length > 0),
    ],
  ];
  return settings.flatMap(([key, value, file]) =>
    value === undefined ? [] : [[["tool", "posy", key], value, file] as const],
  );
}

function isSame(document: TomlDocument, key: readonly string[], value: string): boolean {
  const node = document.locate(key)?.node;
  return node !== undefined && document.text.slice(...node.range) === value;
}

/** Adds the indexes of files. If the project has indexes, others are not added, because their order counts. */
async function withIndexes(
  document: TomlDocument,
  files: readonly FileWithRole[],
  taken: TakenFile[],
  left: string[],
): Promise<string> {
  const { path, value } = document;
  const tool = value["tool"];
  const posy = isTable(tool) ? tool["posy"] : undefined;
  const written = isTable(posy) && Array.isArray(posy["indexes"]) ? (posy["indexes"] as unknown[]) : [];
  const known = new Set(written.map((index) => (isTable(index) ? index["url"] : undefined)));
  const urls = new Map<string, { from: string; default: boolean }>();
  for (const { indexes, file } of files) {
    for (const index of indexes) {
      if (!urls.has(index.url) && !known.has(index.url))
        urls.set(index.url, { from: file, default: index.default });
    }
  }
  if (written.length > 0) {
    for (const [url, { from }] of urls) {
      left.push(`the index \`${url}\` of \`${from}\` is left: \`tool.posy.indexes\` is there already`);
    }
    return document.text;
  }
  const [firstDefault] = [...urls].filter(([, index]) => index.default);
  let text = document.text;
  // Each index is written before those that there are.
  for (const [url] of [...urls].reverse()) {
    text = await addIndex(text, path, { url, ...(url === firstDefault?.[0] && { default: true }) });
  }
  for (const [, { from }] of urls) taken.push({ from, to: "tool.posy.indexes", count: 1 });
  return text;
}
