import { PosyError } from "../../../errors/posy-error.ts";
import {
  type ExtraName,
  type PackageName,
  parseExtraName,
  parsePackageName,
} from "../../../vocab/requirement/index.ts";
import { isTable, listAt, parsedAt, tableAt, type TomlTable } from "../../../toml/index.ts";
import { parseGroupName } from "../group-name.ts";
import type { GroupName, Project } from "../project.ts";

/** An extra or a group, of the project or of another package. A package without either means the package itself. */
export interface ConflictItem {
  readonly package?: PackageName;
  readonly extra?: ExtraName;
  readonly group?: GroupName;
}

/** Sets of which at most one item may be in an environment. */
export type Conflicts = readonly (readonly ConflictItem[])[];

/** Reads `conflicts` of `[tool.uv]`. Throws `invalid-project`. */
export function conflictsAt(table: TomlTable): Conflicts {
  return listAt(table["conflicts"] ?? [], "tool.uv.conflicts", (set, setKey) =>
    listAt(set, setKey, (item, key): ConflictItem => {
      const written = tableAt(item, key);
      const { package: name, extra, group } = written;
      return {
        ...(name !== undefined && { package: parsedAt(name, `${key}.package`, parsePackageName) }),
        ...(extra !== undefined && { extra: parsedAt(extra, `${key}.extra`, parseExtraName) }),
        ...(group !== undefined && { group: parsedAt(group, `${key}.group`, parseGroupName) }),
      };
    }),
  );
}

/** The parts of an environment that may conflict. */
export interface EnvironmentParts {
  readonly env: string;
  readonly project: boolean;
  /** The extras, including those that other extras ask for. */
  readonly extras: ReadonlySet<ExtraName>;
  readonly groups: ReadonlySet<GroupName>;
  /** The direct requirements. */
  readonly direct: readonly { readonly name: PackageName; readonly extras: readonly ExtraName[] }[];
}

/** Throws `invalid-project` if an environment has two items of one set of `[tool.uv] conflicts`. */
export function refuseConflicts(project: Project, parts: EnvironmentParts): void {
  for (const set of project.settings.conflicts) {
    const [one, other] = set.filter((item) => isIn(item, project, parts));
    if (one === undefined || other === undefined) continue;
    const line = project.document.lineOf(["tool", "uv", "conflicts"]);
    throw new PosyError(
      "invalid-project",
      `${nameOf(one)} and ${nameOf(other)} can't be in one environment (\`${parts.env}\`): \`tool.uv.conflicts\` in \`${project.path}\`, line ${line}, keeps them apart`,
      { hint: "ask for one of them, or give each a separate environment in `[tool.posy.envs]`" },
    );
  }
}

function isIn(
  { package: name, extra, group }: ConflictItem,
  project: Project,
  parts: EnvironmentParts,
): boolean {
  if (name === undefined || name === project.name) {
    if (extra !== undefined) return parts.extras.has(extra);
    return group === undefined ? parts.project : parts.groups.has(group);
  }
  // Groups of other packages are in no environment of this project.
  if (group !== undefined) return false;
  return parts.direct.some(
    (each) => each.name === name && (extra === undefined || each.extras.includes(extra)),
  );
}

function nameOf({ package: name, extra, group }: ConflictItem): string {
  const of = name === undefined ? "" : ` of \`${name}\``;
  if (extra !== undefined) return `the extra \`${extra}\`${of}`;
  return group === undefined ? `\`${name}\`` : `the group \`${group}\`${of}`;
}

/** Returns groups and the groups that they include (PEP 735). Malformed groups are reported where groups are read. */
export function includedGroups(project: Project, names: Iterable<GroupName>): ReadonlySet<GroupName> {
  const found = new Set(names);
  // The set grows during the loop.
  for (const name of found) {
    const content = project.groups.get(name)?.content;
    for (const item of Array.isArray(content) ? (content as unknown[]) : []) {
      const included = isTable(item) ? item["include-group"] : undefined;
      if (typeof included === "string") found.add(parseGroupName(included));
    }
  }
  return found;
}
