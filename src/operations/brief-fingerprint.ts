import { fileURLToPath } from "node:url";
import type { Brief, BriefRequirement } from "../model/index.ts";
import { pathFrom } from "../lockfile/index.ts";
import { sha256Of } from "../system/fs/index.ts";
import { formatRequirement } from "../vocab/requirement/index.ts";

/**
 * Names what a lock was made for: the same as long as the project asks for the same, wherever its folder is and in
 * whatever order and words it says so. Its first half names the conditions alone: under the same ones what is locked may
 * be enough for what is asked for now (`sameConditions`), under others nobody would have chosen it.
 */
export function fingerprintOfBrief(brief: Brief, folder: string): string {
  // Also what lies beside the folder is named from there: two people have it in different places.
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
    brief.places ?? [],
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

/** Whether two fingerprints are of briefs that differ only in what is asked for. */
export function sameConditions(one: string | undefined, other: string): boolean {
  return one !== undefined && one.length === other.length && one.slice(0, 16) === other.slice(0, 16);
}

function half(content: readonly unknown[]): string {
  return sha256Of(JSON.stringify(content)).slice(0, 16);
}

function byName<Value>(values: ReadonlyMap<string, Value>): readonly (readonly [string, Value])[] {
  return [...values].sort(([a], [b]) => (a < b ? -1 : 1));
}
