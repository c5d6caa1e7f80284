import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  hasContextField,
  keysWithContext,
  parseProjectMetadata,
  type ProjectMetadata,
  projectKeys,
} from "../../vocab/metadata/index.ts";
import {
  entriesAt,
  flagAt,
  isTable,
  knownTable,
  openDocument,
  tableAt,
  type TomlTable,
  withLine,
} from "../../toml/index.ts";
import { quote } from "../../text/index.ts";
import { type PackageName, parseExtraName, parseRequirement } from "../../vocab/requirement/index.ts";
import { projectToolWarnings } from "../configuration/project-tools.ts";
import { findProject } from "./find-pyproject.ts";
import type { Project } from "./project.ts";
import { readCommands } from "./commands/read-commands.ts";
import { readEnvs } from "./read-envs.ts";
import { readGroups } from "./read-groups.ts";
import { type ReadContext, requirementsAt } from "./read-requirements.ts";
import { posyKeys, readSettings } from "./read-posy-settings.ts";
import { readUv, type UvSettings } from "./uv/read-uv.ts";
import { defaultGroupsOf, groupsWithUv, settingsWithUv } from "./uv/with-uv.ts";
import { readNamedText } from "../../system/fs/index.ts";

/**
 * Reads the project that a folder is in; undefined outside of all projects. Throws `invalid-project` with file, line
 * and key.
 */
export async function readProject(folder: string): Promise<Project | undefined> {
  const found = await findProject(folder);
  return found && parseProject(found.text, found.path);
}

/** Reads a `pyproject.toml`; `path` is absolute. Throws `invalid-project` with file, line and key. */
export async function parseProject(text: string, path: string): Promise<Project> {
  const document = await openDocument(text, path);
  const context = { document, folder: dirname(path) };
  try {
    const uv = await readUv(context);
    return await withMembers(projectOf(context, uv), uv.members);
  } catch (error) {
    throw withLine(error, document);
  }
}

/**
 * Adds the members of a workspace whose root has no `[project]`: packages as requirements, other members by their
 * dependencies.
 */
async function withMembers(project: Project, members: ReadonlyMap<PackageName, string>): Promise<Project> {
  const dependencies = [...project.dependencies];
  const bareMembers: string[] = [];
  const line = project.document.lineOf(["tool", "uv", "workspace", "members"]);
  for (const [name, folder] of members) {
    const path = join(folder, "pyproject.toml");
    const member = await parseProject(await readNamedText(path), path);
    if (member.isPackage) {
      const value = parseRequirement(`${name} @ ${pathToFileURL(folder).href}#editable=true`);
      dependencies.push({ value, line });
    } else {
      bareMembers.push(folder);
      dependencies.push(...member.dependencies.map(({ value }) => ({ value, line })));
    }
  }
  return { ...project, dependencies, bareMembers };
}

function projectOf(given: ReadContext, uv: UvSettings): Project {
  const { document, folder } = given;
  const file = document.value;
  const tool = tableAt(file["tool"] ?? {}, "tool");
  const posy = knownTable(tool["posy"] ?? {}, "tool.posy", posyKeys, "`[tool.posy]`");
  const isPackage =
    posy["package"] === undefined
      ? (uv.isPackage ?? file["build-system"] !== undefined)
      : flagAt(posy["package"], "tool.posy.package");
  // hatchling fills these in. They reach the resolver as requirements of the built project.
  const contextKeys = isPackage ? keysWithContext(file) : [];
  const context = { ...given, skipsContextFields: contextKeys.length > 0 };
  const table = file["project"];
  const project = table === undefined ? {} : tableAt(table, "project");
  // Read before `parseProjectMetadata`, because the error for a URL without a name is clearer here.
  const dependencies = requirementsAt(project["dependencies"] ?? [], "project.dependencies", context);
  const facts =
    table === undefined
      ? undefined
      : parseProjectMetadata(contextKeys.length > 0 ? withoutContextFields(project) : project);
  const groups = groupsWithUv(readGroups(file["dependency-groups"], document), uv);
  const optionalDependencies = extrasOf(project, context);
  const dynamic = new Set([...(facts?.dynamic ?? []), ...contextKeys]);
  const hasDynamicExtras = isPackage && (facts === undefined || dynamic.has("optional-dependencies"));
  const extras = new Set(optionalDependencies.keys());
  const usual = defaultGroupsOf(groups, uv);
  const envs = readEnvs(posy["envs"], { groups, extras, hasDynamicExtras, usual }, document);
  const settings = settingsWithUv(readSettings(posy, uv.indexes, given), posy, uv);
  return {
    folder,
    path: document.path,
    ...namesOf(facts),
    dynamic,
    hasDynamicExtras,
    ...(facts?.requiresPython && {
      requiresPython: {
        value: facts.requiresPython,
        line: document.lineOf(["project", "requires-python"]),
      },
    }),
    dependencies,
    optionalDependencies,
    groups,
    scripts: ["scripts", "gui-scripts"].flatMap((key) =>
      Object.keys(tableAt(project[key] ?? {}, `project.${key}`)),
    ),
    isPackage,
    settings: settings.value,
    envs,
    commands: readCommands(posy["commands"], new Set(envs.keys()), given),
    document,
    warnings: [
      ...warningsOf(project),
      ...uv.warnings,
      ...settings.warnings,
      ...projectToolWarnings(file, document.path),
    ],
    bareMembers: [],
    otherFiles: uv.files,
  };
}

/** Returns `[project]` without the requirements that have context fields of hatchling. */
function withoutContextFields(project: TomlTable): TomlTable {
  const without = (list: unknown) =>
    Array.isArray(list) ? list.filter((item) => !hasContextField(item)) : list;
  const extras = project["optional-dependencies"];
  return {
    ...project,
    ...("dependencies" in project && { dependencies: without(project["dependencies"]) }),
    ...(isTable(extras) && {
      "optional-dependencies": Object.fromEntries(
        Object.entries(extras).map(([name, list]) => [name, without(list)]),
      ),
    }),
  };
}

function namesOf(facts: ProjectMetadata | undefined) {
  return (
    facts && {
      name: facts.name,
      nameText: facts.nameText,
      ...(facts.version && { version: facts.version }),
    }
  );
}

function extrasOf(project: TomlTable, context: ReadContext): Project["optionalDependencies"] {
  const key = "project.optional-dependencies";
  const lists = entriesAt(project["optional-dependencies"] ?? {}, key, (list, itemKey) =>
    requirementsAt(list, itemKey, context),
  );
  return new Map([...lists].map(([name, list]) => [parseExtraName(name), list]));
}

/** Returns a warning for each unknown key of `[project]`. */
function warningsOf(project: TomlTable): readonly string[] {
  return Object.keys(project)
    .filter((key) => !projectKeys.includes(key))
    .map((key) => `\`[project]\` has no key ${quote(key)}: ignored`);
}
