import { fileURLToPath } from "node:url";
import type { Brief, BriefRequirement } from "../../blueprint/brief.ts";
import { pathFrom } from "../../project/pylock/place.ts";
import { sha256Of } from "../../system/sha256.ts";
import { formatRequirement } from "../../vocab/requirement.ts";

/**
 * Names what a lock was made for: the same as long as the project asks for the same, wherever its folder is and in
 * whatever order and words it says so.
 */
export function fingerprintOfBrief(brief: Brief, folder: string): string {
  // Also what lies beside the folder is named from there: two people have it in different places.
  const fromHere = (text: string) =>
    text.replace(/file:\/\/\/[^\s;?#]*/g, (url) => `file:${pathFrom(folder, fileURLToPath(url))}`);
  const texts = (list: readonly BriefRequirement[]) =>
    list.map(({ requirement }) => fromHere(formatRequirement(requirement))).sort();
  const { builds } = brief;
  const content = [
    // One Python is a text, as it was before there could be several.
    brief.morePythons?.length ? pythonsOf(brief) : (brief.python ?? ""),
    texts(brief.requirements),
    (brief.sources ?? []).map(({ url, extras }) => [fromHere(url), extras]),
    texts(brief.constraints),
    texts(brief.overrides),
    [...brief.platforms],
    brief.prefer,
    [brief.prerelease.mode, byName(brief.prerelease.packages)],
    [builds.noBuild, builds.noBinary, builds.noIsolation].map(({ all, names }) => [all, [...names].sort()]),
    [builds.settings, byName(builds.packageSettings)],
    texts(builds.constraints),
    ...(brief.requiresPython === undefined ? [] : [brief.requiresPython]),
    ...(brief.places?.length ? [brief.places] : []),
  ];
  return sha256Of(JSON.stringify(content)).slice(0, 32);
}

function pythonsOf({ python = "", morePythons = [] }: Brief): readonly string[] {
  return [python, ...morePythons.map((each) => each.python)];
}

function byName<Value>(values: ReadonlyMap<string, Value>): readonly (readonly [string, Value])[] {
  return [...values].sort(([a], [b]) => (a < b ? -1 : 1));
}
