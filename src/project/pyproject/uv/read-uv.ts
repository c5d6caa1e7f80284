import { dirname, join, resolve } from "node:path";
import type { PrereleaseMode } from "../../../model/index.ts";
import { type PackageName, parseMarker, type Requirement } from "../../../vocab/requirement/index.ts";
import type { PlatformName } from "../../../vocab/tags/index.ts";
import {
  flagAt,
  isTable,
  keyPath,
  listAt,
  parsedAt,
  tableAt,
  textAt,
  type TomlTable,
  withLine,
} from "../../../toml/index.ts";
import { parseGroupName } from "../group-name.ts";
import { platformsWhere } from "./platforms-where.ts";
import {
  defaultPlatforms,
  type GroupName,
  type PackageSource,
  type ProjectIndex,
  type ProjectSettings,
  type Written,
} from "../project.ts";
import { type ReadContext, requirementsAt } from "../read-requirements.ts";
import { cutoffsAt, momentAt } from "../read-posy-settings.ts";
import { buildChoicesAt, exclusionsAt, preferAt } from "../../configuration/uv-choices.ts";
import { joinChoices } from "../../configuration/choices.ts";
import { uvWarnings } from "../../configuration/uv-settings.ts";
import { type Conflicts, conflictsAt } from "./uv-conflicts.ts";
import { readUvSources } from "./uv-sources.ts";
import { membersOf, type UvWorkspace, workspaceOf } from "./uv-workspace.ts";

/** The settings of `[tool.uv]` of a project and of the root of its workspace, in the form of Posy's settings. */
export interface UvSettings {
  readonly indexes: readonly ProjectIndex[];
  readonly sources: ReadonlyMap<PackageName, readonly PackageSource[]>;
  readonly constraints: readonly Written<Requirement>[];
  readonly overrides: readonly Written<Requirement>[];
  readonly buildConstraints: readonly Written<Requirement>[];
  /** The items of `dev-dependencies` as written, uv's old form of the group `dev`. */
  readonly devDependencies: readonly unknown[];
  /** The groups of the environment `default`; missing if there is no such key. */
  readonly defaultGroups?: "all" | readonly GroupName[];
  readonly isPackage?: boolean;
  readonly platforms?: readonly PlatformName[];
  readonly prerelease?: PrereleaseMode;
  readonly choices: ProjectSettings["choices"];
  readonly conflicts: Conflicts;
  readonly excludeNewer?: string;
  readonly excludeNewerPackages: ProjectSettings["excludeNewerPackages"];
  /** The members of a workspace root without `[project]`, which consists of all its members: their folders by name. */
  readonly members: ReadonlyMap<PackageName, string>;
  readonly warnings: readonly string[];
  /** Absolute paths of the workspace's files that were read. */
  readonly files: readonly string[];
}

const uv = "tool.uv";

/** Reads `[tool.uv]` of a project and of its workspace. Throws `invalid-project`. */
export async function readUv(context: ReadContext): Promise<UvSettings> {
  const { document, folder } = context;
  const workspace = await workspaceOf(folder, document);
  const root = workspace && workspace.folder !== folder ? workspace : undefined;
  const own = tableOf(context);
  const bare = workspace !== undefined && root === undefined && document.value["project"] === undefined;
  const members = bare
    ? await membersOf(workspace)
    : await membersWhereNeeded(own, root && tableOf(root), workspace);
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const ofRoot = root && {
    context: { document: root.document, folder: root.folder },
    table: tableOf(root),
  };
  const indexes = [
    ...indexesAt(own, context, warn),
    ...(ofRoot ? atRoot(ofRoot.context, () => indexesAt(ofRoot.table, ofRoot.context, () => {})) : []),
  ];
  const inherited = ofRoot
    ? atRoot(ofRoot.context, () =>
        readUvSources(ofRoot.table["sources"], { context: ofRoot.context, indexes, members, warn: () => {} }),
      )
    : undefined;
  const sources = readUvSources(own["sources"], { context, indexes, members, warn });
  const required = (key: string) => {
    const ofProject = requirementsAt(own[key] ?? [], `${uv}.${key}`, context);
    const ofWorkspace = ofRoot
      ? atRoot(ofRoot.context, () => requirementsAt(ofRoot.table[key] ?? [], `${uv}.${key}`, ofRoot.context))
      : [];
    return [...ofWorkspace, ...ofProject];
  };
  const platforms = platformsAt(ofRoot?.table ?? own);
  warnings.push(...uvWarnings(own, document.path));
  const chosen = ofRoot?.table ?? own;
  const tables = ofRoot ? [ofRoot.table, own] : [own];
  const excludeNewer = tables.map((table) => table["exclude-newer"]).find((value) => value !== undefined);
  return {
    indexes,
    sources: new Map([...(inherited ?? []), ...sources]),
    constraints: required("constraint-dependencies"),
    overrides: [
      ...required("override-dependencies"),
      ...tables.flatMap((table) => excludedAt(table, document.lineOf(["tool", "uv"]))),
    ],
    buildConstraints: required("build-constraint-dependencies"),
    devDependencies: listAt(own["dev-dependencies"] ?? [], `${uv}.dev-dependencies`, (item) => item),
    ...groupsAt(own["default-groups"]),
    ...(own["package"] === undefined ? {} : { isPackage: flagAt(own["package"], `${uv}.package`) }),
    ...(platforms && { platforms }),
    ...prereleaseAt(chosen["prerelease"], warn),
    conflicts: tables.flatMap(conflictsAt),
    choices: joinChoices(
      tables.map((table) => ({
        ...preferAt(table["resolution"], `${uv}.resolution`),
        ...buildChoicesAt(table, `${uv}.`),
      })),
    ),
    ...(excludeNewer !== undefined &&
      excludeNewer !== false && { excludeNewer: momentAt(excludeNewer, `${uv}.exclude-newer`) }),
    excludeNewerPackages: new Map(
      tables
        .toReversed()
        .flatMap((table) => [...cutoffsAt(table["exclude-newer-package"], `${uv}.exclude-newer-package`)]),
    ),
    members: bare ? members : new Map(),
    warnings,
    files: workspace === undefined ? [] : filesOf(workspace, members),
  };
}

/** Reads `exclude-dependencies` as overrides that leave the packages out. */
function excludedAt(table: TomlTable, line: number): readonly Written<Requirement>[] {
  const excluded = exclusionsAt(table, `${uv}.`, "pyproject.toml");
  return excluded.map(({ requirement }) => ({ value: requirement, line }));
}

function tableOf({ document }: Pick<UvWorkspace, "document">): TomlTable {
  const tool = document.value["tool"];
  return isTable(tool) && tool["uv"] !== undefined ? tableAt(tool["uv"], uv) : {};
}

/** Returns the members if a source asks for one. Otherwise their files, which have their names, need not be read. */
async function membersWhereNeeded(
  own: TomlTable,
  root: TomlTable | undefined,
  workspace: UvWorkspace | undefined,
): Promise<ReadonlyMap<PackageName, string>> {
  const asks = [own, root].some((table) => JSON.stringify(table?.["sources"] ?? {}).includes('"workspace"'));
  return workspace === undefined || !asks ? new Map() : membersOf(workspace);
}

/** Gives errors the path and line of the root's file. */
function atRoot<Value>({ document }: ReadContext, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw withLine(error, document);
  }
}

function indexesAt(
  table: TomlTable,
  { document, folder }: ReadContext,
  warn: (message: string) => void,
): readonly ProjectIndex[] {
  return listAt(table["index"] ?? [], `${uv}.index`, (item, key): ProjectIndex => {
    const written = tableAt(item, key);
    const url = textAt(written["url"], `${key}.url`);
    if (written["format"] === "flat" && /^https?:/i.test(url)) {
      warn(`\`${key}.format\` is not honoured: pages of links are for \`--find-links\``);
    }
    return {
      url: /^[a-z][a-z0-9+.-]+:/i.test(url) ? url : resolve(folder, url),
      default: written["default"] === true,
      explicit: written["explicit"] === true,
      line: document.lineOf(keyPath(key)),
      ofUv: true,
      ...(written["name"] === undefined ? {} : { name: textAt(written["name"], `${key}.name`) }),
      ...(written["publish-url"] === undefined
        ? {}
        : { publishUrl: textAt(written["publish-url"], `${key}.publish-url`) }),
    };
  });
}

function groupsAt(value: unknown): Pick<UvSettings, "defaultGroups"> {
  if (value === undefined) return {};
  if (value === "all") return { defaultGroups: "all" };
  const key = `${uv}.default-groups`;
  return { defaultGroups: listAt(value, key, (item, itemKey) => parsedAt(item, itemKey, parseGroupName)) };
}

/**
 * Returns the platforms of `environments`, which are all that is locked for, joined with those of
 * `required-environments`.
 */
function platformsAt(table: TomlTable): readonly PlatformName[] | undefined {
  const markers = (key: string) =>
    listAt(table[key] ?? [], `${uv}.${key}`, (item, itemKey) => parsedAt(item, itemKey, parseMarker));
  const only = markers("environments");
  const required = markers("required-environments");
  if (only.length + required.length === 0) return undefined;
  const base = only.length > 0 ? platformsWhere(only) : defaultPlatforms;
  return [...new Set([...base, ...platformsWhere(required)])];
}

const modes: Readonly<Record<string, PrereleaseMode>> = {
  allow: "allow",
  disallow: "disallow",
  "if-necessary": "if-necessary",
  explicit: "explicit",
  "if-necessary-or-explicit": "if-necessary",
};

function prereleaseAt(value: unknown, warn: (message: string) => void): Pick<UvSettings, "prerelease"> {
  if (value === undefined) return {};
  const mode = typeof value === "string" ? modes[value] : undefined;
  if (mode !== undefined) return { prerelease: mode };
  warn(
    `\`${uv}.prerelease\` is not honoured: \`tool.posy.prerelease\` knows \`allow\`, \`disallow\`, \`if-necessary\` and \`explicit\``,
  );
  return {};
}

/**
 * Returns the files that the workspace depends on, and the parent folders of its members, where a new member may
 * appear. The root folder is left out, because its contents change all the time.
 */
function filesOf(
  { document, folder: root }: UvWorkspace,
  members: ReadonlyMap<PackageName, string>,
): readonly string[] {
  const folders = [...members.values()].filter((folder) => folder !== root);
  const above = new Set(folders.map((folder) => dirname(folder)).filter((folder) => folder !== root));
  return [document.path, ...folders.map((folder) => join(folder, "pyproject.toml")), ...above];
}
