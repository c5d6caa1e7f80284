import { fileURLToPath } from "node:url";
import type { Brief, BriefRequirement } from "../../model/index.ts";
import type { ListSettings } from "./project-lists.ts";
import { pathFrom } from "../../lockfile/index.ts";
import { sha256Of } from "../../system/fs/index.ts";
import { formatRequirement } from "../../vocab/requirement/index.ts";

/**
 * Returns a fingerprint of what a lock is made for: 32 hexadecimal digits. It stays the same as long as the project
 * asks for the same, wherever its folder is and in whatever order it is written. The first half covers the conditions
 * alone: how versions are preferred, how builds are done, and the indexes. Under equal conditions a lock may hold
 * enough for a changed Brief (`sameConditions`). Under other conditions its versions would not have been chosen.
 */
export function fingerprintOfBrief(brief: Brief, folder: string): string {
  // Paths outside of the folder are made relative to it too: two people keep them under different roots.
  const fromHere = (text: string) =>
    text.replace(/file:\/\/\/[^\s;?#]*/g, (url) => `file:${pathFrom(folder, fileURLToPath(url))}`);
  const texts = (list: readonly BriefRequirement[]) =>
    list.map(({ requirement }) => fromHere(formatRequirement(requirement))).sort();
  const { builds } = brief;
  const conditions = [
    brief.prefer,
    builds.noIsolation.all,
    [...builds.noIsolation.names].sort(),
    [builds.settings, byName(builds.packageSettings)],
    texts(builds.constraints),
    brief.indexIdentity ?? [],
  ];
  const asked = [
    brief.python ?? "",
    (brief.morePythons ?? []).map(({ python }) => python),
    texts(brief.requirements),
    (brief.sources ?? []).map(({ url, extras }) => [fromHere(url), extras]),
    texts(brief.constraints),
    texts(brief.overrides),
    [...brief.platforms],
    [brief.prerelease.mode, byName(brief.prerelease.packages)],
    [builds.noBuild, builds.noBinary].map(({ all, names }) => [all, [...names].sort()]),
    brief.requiresPython ?? "",
  ];
  return half(conditions) + half(asked);
}

/** Returns the fingerprint of the extras and groups that a lock holds: of what they ask for, and of their names. */
export function fingerprintOfLists({ projectBrief, lists, missing }: ListSettings, folder: string): string {
  const names = [...lists, ...missing].map(({ kind, name }) => [kind, name]);
  return half([fingerprintOfBrief(projectBrief, folder), names]);
}

/** Whether two fingerprints have the same conditions, so that their Briefs differ in nothing but what they ask for. */
export function sameConditions(one: string | undefined, other: string): boolean {
  return one !== undefined && one.length === other.length && one.slice(0, 16) === other.slice(0, 16);
}

function half(content: readonly unknown[]): string {
  return sha256Of(JSON.stringify(content)).slice(0, 16);
}

function byName<Value>(values: ReadonlyMap<string, Value>): readonly (readonly [string, Value])[] {
  return [...values].sort(([a], [b]) => (a < b ? -1 : 1));
}
