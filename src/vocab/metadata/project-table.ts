import { type EntryPoint, parseScript } from "./entry-points.ts";
import { checkImportNames, type ImportName, parseImportName } from "./import-name.ts";
import { type License, licenseOf, licenseFilesOf } from "./project-license.ts";
import { parseProjectMetadata, type ProjectMetadata, projectKeys } from "./project-metadata.ts";
import { quote } from "../../text/index.ts";
import { entriesAt, isTable, listAt, refuseKey, tableAt, textAt, type TomlTable } from "../../toml/index.ts";

/** An author or maintainer: has a name, an email address, or both. */
export interface Person {
  readonly name?: string;
  readonly email?: string;
}

export type Readme =
  | { readonly kind: "file"; readonly path: string; readonly contentType: string }
  | { readonly kind: "text"; readonly text: string; readonly contentType: string };

/** The whole `[project]` table of a `pyproject.toml` (PEP 621, with 639, 794 and 808). */
export interface ProjectTable extends ProjectMetadata {
  readonly description?: string;
  readonly readme?: Readme;
  readonly license?: License;
  /** Path patterns (PEP 639). Undefined lets the build backend choose; an empty list means no files. */
  readonly licenseFiles?: readonly string[];
  readonly authors: readonly Person[];
  readonly maintainers: readonly Person[];
  readonly keywords: readonly string[];
  readonly classifiers: readonly string[];
  /** By their labels. */
  readonly urls: ReadonlyMap<string, string>;
  readonly scripts: readonly EntryPoint[];
  readonly guiScripts: readonly EntryPoint[];
  /** Group → name → reference, without the groups of `scripts` and `guiScripts`. */
  readonly entryPoints: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** PEP 794. Undefined lets the build backend choose; an empty list says that nothing can be imported. */
  readonly importNames?: readonly ImportName[];
  readonly importNamespaces?: readonly ImportName[];
  /** What was ignored: one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Reads the whole `[project]` table, strictly. It does not check that the files exist that the table names. Throws
 * `invalid-project` with the key at fault.
 */
export function parseProjectTable(value: unknown): ProjectTable {
  const project = tableAt(value, "project");
  const metadata = parseProjectMetadata(project);
  const { description, readme } = project;
  const texts = (name: string) => listAt(project[name] ?? [], `project.${name}`, textAt);
  const people = (name: string) => listAt(project[name] ?? [], `project.${name}`, personAt);
  const classifiers = texts("classifiers");
  const license = licenseOf(project["license"], classifiers);
  const licenseFiles = licenseFilesOf(project["license-files"], license);
  const importNames = importsOf(project, "import-names");
  const importNamespaces = importsOf(project, "import-namespaces");
  checkImportNames(importNames ?? [], importNamespaces ?? []);
  return {
    ...metadata,
    ...(description === undefined ? {} : { description: textAt(description, "project.description") }),
    ...(readme === undefined ? {} : { readme: readmeOf(readme) }),
    ...(license && { license }),
    ...(licenseFiles && { licenseFiles }),
    authors: people("authors"),
    maintainers: people("maintainers"),
    keywords: texts("keywords"),
    classifiers,
    urls: entriesAt(project["urls"] ?? {}, "project.urls", urlAt),
    scripts: scriptsOf(project, "scripts"),
    guiScripts: scriptsOf(project, "gui-scripts"),
    entryPoints: entriesAt(project["entry-points"] ?? {}, "project.entry-points", groupAt),
    ...(importNames && { importNames }),
    ...(importNamespaces && { importNamespaces }),
    warnings: warningsOf(project),
  };
}

function warningsOf(project: TomlTable): readonly string[] {
  const warnings = Object.keys(project)
    .filter((key) => !projectKeys.includes(key))
    .map((key) => `\`[project]\` has no key ${quote(key)}: ignored`);
  const { description } = project;
  if (typeof description === "string" && /[\r\n]/.test(description.trim())) {
    warnings.push("`project.description` has more than one line: a summary is one");
  }
  return warnings;
}

/** The content type of a readme by its suffix, in lower case, if the table does not say it. */
const contentTypes: Readonly<Record<string, string>> = {
  md: "text/markdown",
  rst: "text/x-rst",
  txt: "text/plain",
};

function readmeOf(value: unknown): Readme {
  const key = "project.readme";
  if (typeof value === "string") {
    const suffix = /\.([^./]+)$/.exec(value)?.[1]?.toLowerCase() ?? "";
    const contentType = Object.hasOwn(contentTypes, suffix) ? contentTypes[suffix] : undefined;
    if (contentType === undefined) {
      throw refuseKey(key, `is ${quote(value)}, whose suffix does not say the content type`, {
        hint: `write it as a table: \`readme = { file = ${JSON.stringify(value)}, content-type = "text/plain" }\``,
      });
    }
    return { kind: "file", path: value, contentType };
  }
  if (!isTable(value)) throw refuseKey(key, "must be a path, or a table with `file` or `text`");
  const { which, text } = oneOf(value, ["file", "text"], ["content-type"], key);
  if (text === "" && which === "file") throw refuseKey(`${key}.file`, "is empty");
  const contentType = textAt(value["content-type"], `${key}.content-type`);
  if (contentType === "") throw refuseKey(`${key}.content-type`, "is empty");
  return which === "file" ? { kind: "file", path: text, contentType } : { kind: "text", text, contentType };
}

/** Returns which one of `keys` a table has. It must have exactly one of them, and no others except `required`. */
function oneOf<K extends string>(
  table: TomlTable,
  keys: readonly K[],
  required: readonly string[],
  key: string,
): { readonly which: K; readonly text: string } {
  refuseOthers(table, [...keys, ...required], key);
  const [which, ...others] = keys.filter((each) => table[each] !== undefined);
  if (which === undefined || others.length > 0) {
    throw refuseKey(key, `must have one of ${keys.map((each) => `\`${each}\``).join(" and ")}`);
  }
  return { which, text: textAt(table[which], `${key}.${which}`) };
}

function refuseOthers(table: TomlTable, allowed: readonly string[], key: string): void {
  const other = Object.keys(table).find((each) => !allowed.includes(each));
  if (other !== undefined) throw refuseKey(key, `has an unknown key ${quote(other)}`);
}

function personAt(value: unknown, key: string): Person {
  const table = tableAt(value, key);
  refuseOthers(table, ["name", "email"], key);
  const { name, email } = table;
  if (name === undefined && email === undefined) throw refuseKey(key, "has neither `name` nor `email`");
  return {
    ...(name === undefined ? {} : { name: textAt(name, `${key}.name`) }),
    ...(email === undefined ? {} : { email: textAt(email, `${key}.email`) }),
  };
}

function urlAt(value: unknown, key: string, label: string): string {
  if (Array.from(label).length > 32) throw refuseKey(key, "has a label of more than 32 characters");
  return textAt(value, key);
}

function scriptsOf(project: TomlTable, name: "scripts" | "gui-scripts"): readonly EntryPoint[] {
  const scripts = entriesAt(project[name] ?? {}, `project.${name}`, (value, key, script) => {
    const parsed = parseScript(script, textAt(value, key));
    if ("refused" in parsed) throw refuseKey(key, `is ${quote(parsed.text)}: ${parsed.refused}`);
    return parsed;
  });
  return [...scripts.values()];
}

/** Groups of entry points that have a separate table. */
const separateTables: Readonly<Record<string, string>> = {
  console_scripts: "scripts",
  gui_scripts: "gui-scripts",
};

function groupAt(value: unknown, key: string, group: string): ReadonlyMap<string, string> {
  if (Object.hasOwn(separateTables, group)) {
    throw refuseKey(key, `must be written as the table \`[project.${separateTables[group]}]\``);
  }
  if (!/^[\p{L}\p{N}_]+(\.[\p{L}\p{N}_]+)*$/u.test(group)) {
    throw refuseKey(key, "is not the name of a group: it has letters, digits, `_` and dots");
  }
  return entriesAt(value, key, textAt);
}

function importsOf(
  project: TomlTable,
  name: "import-names" | "import-namespaces",
): readonly ImportName[] | undefined {
  const value = project[name];
  return value === undefined ? undefined : listAt(value, `project.${name}`, parseImportName);
}
