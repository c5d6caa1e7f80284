import type { Tag } from "../../vocab/tag.ts";
import { compareBuildTags, parseWheelFilename } from "../../vocab/wheel-filename.ts";
import type { LockedFile, LockedFiles } from "./pylock.ts";

/**
 * The file that is installed where `ranks` has the tags that fit, 0 the best: the wheel with the best tag, then the
 * highest build number; the source distribution where no wheel fits. Undefined where there is nothing. Throws
 * `invalid-filename`.
 */
export function chooseFile(
  { wheels, sdist }: LockedFiles,
  ranks: ReadonlyMap<Tag, number>,
): LockedFile | undefined {
  let best: { readonly file: LockedFile; readonly rank: number } | undefined;
  for (const file of wheels) {
    const rank = rankOf(file.name, ranks);
    if (rank === Infinity || rank > (best?.rank ?? Infinity)) continue;
    if (best === undefined || rank < best.rank || isLaterBuild(file, best.file)) best = { file, rank };
  }
  return best?.file ?? sdist;
}

/** Infinity where it does not fit. */
function rankOf(filename: string, ranks: ReadonlyMap<Tag, number>): number {
  return Math.min(...parseWheelFilename(filename).tags.map((tag) => ranks.get(tag) ?? Infinity));
}

function isLaterBuild(one: LockedFile, other: LockedFile): boolean {
  return compareBuildTags(parseWheelFilename(one.name).build, parseWheelFilename(other.name).build) > 0;
}
