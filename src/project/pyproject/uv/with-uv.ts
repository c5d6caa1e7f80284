import type { TomlTable } from "../../../toml/index.ts";
import { joinChoices } from "../../configuration/choices.ts";
import type { DependencyGroup, GroupName, Project, ProjectSettings } from "../project.ts";
import type { UvSettings } from "./read-uv.ts";

/** A value of both tables, with a warning for each key that both have: Posy's counts. */
export interface WithUv<Value> {
  readonly value: Value;
  readonly warnings: readonly string[];
}

/** Adds the settings of `[tool.uv]` that `[tool.posy]` does not have. */
export function settingsWithUv(
  settings: ProjectSettings,
  posy: TomlTable,
  uv: UvSettings,
): WithUv<ProjectSettings> {
  const warnings: string[] = [];
  const instead = (ours: string, theirs: string) =>
    void warnings.push(`\`tool.posy.${ours}\` replaces \`tool.uv.${theirs}\``);
  const list = <Key extends "constraints" | "overrides" | "buildConstraints">(
    key: Key,
    ours: string,
    theirs: string,
  ) => {
    if (uv[key].length === 0 || posy[ours] === undefined) {
      return { [key]: posy[ours] === undefined ? uv[key] : settings[key] };
    }
    instead(ours, theirs);
    return { [key]: settings[key] };
  };
  for (const name of uv.sources.keys()) {
    if (settings.sources.has(name)) instead(`sources.${name}`, `sources.${name}`);
  }
  if (uv.excludeNewer !== undefined && settings.excludeNewer !== undefined) {
    instead("exclude-newer", "exclude-newer");
  }
  if (uv.choices.prefer !== undefined && settings.choices.prefer !== undefined)
    instead("prefer", "resolution");
  if (uv.platforms && settings.platforms) instead("platforms", "environments");
  const names = new Set(settings.indexes.flatMap(({ name }) => name ?? []));
  const value: ProjectSettings = {
    ...settings,
    ...list("constraints", "constraints", "constraint-dependencies"),
    ...list("overrides", "overrides", "override-dependencies"),
    ...list("buildConstraints", "build-constraints", "build-constraint-dependencies"),
    indexes: [
      ...settings.indexes,
      ...uv.indexes.filter(({ name }) => name === undefined || !names.has(name)),
    ],
    sources: new Map([...uv.sources, ...settings.sources]),
    ...(uv.platforms && !settings.platforms ? { platforms: uv.platforms } : {}),
    ...(uv.excludeNewer !== undefined && settings.excludeNewer === undefined
      ? { excludeNewer: uv.excludeNewer }
      : {}),
    excludeNewerPackages: new Map([...uv.excludeNewerPackages, ...settings.excludeNewerPackages]),
    conflicts: uv.conflicts,
    choices: joinChoices([settings.choices, uv.choices]),
    ...(uv.prerelease && posy["prerelease"] === undefined ? { prerelease: uv.prerelease } : {}),
  };
  return { value, warnings };
}

const dev = "dev" as GroupName;

/** Adds uv's old `dev-dependencies` to the group `dev`. */
export function groupsWithUv(groups: Project["groups"], { devDependencies }: UvSettings): Project["groups"] {
  if (devDependencies.length === 0) return groups;
  const before = groups.get(dev);
  const group: DependencyGroup = {
    nameText: before?.nameText ?? "dev",
    line: before?.line ?? 1,
    content: [...(Array.isArray(before?.content) ? (before.content as unknown[]) : []), ...devDependencies],
  };
  return new Map([...groups, [dev, group]]);
}

/** Returns the groups of `default` if `[tool.posy.envs.default]` does not name any; undefined for the usual ones. */
export function defaultGroupsOf(
  groups: Project["groups"],
  { defaultGroups }: UvSettings,
): readonly GroupName[] | undefined {
  if (defaultGroups === undefined) return undefined;
  return defaultGroups === "all" ? [...groups.keys()] : defaultGroups.filter((name) => groups.has(name));
}
