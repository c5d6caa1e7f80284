import type { TagRanks } from "../vocab/tags/index.ts";
import { compareBuildTags, parseWheelFilename, type WheelFilename } from "../vocab/filenames/index.ts";
import type { LockedFile, LockedFiles } from "./pylock.ts";

/**
 * Returns the file to install for the tags in `ranks` (0 is best): the wheel with the best tag, then the highest
 * build number, or the source distribution if no wheel fits. Undefined if there is no file. Throws
 * `invalid-filename`.
 */
export function chooseFile({ wheels, sdist }: LockedFiles, ranks: TagRanks): LockedFile | undefined {
  let best: { readonly file: LockedFile; readonly rank: number } | undefined;
  for (const file of wheels) {
    const rank = ranks.best(nameOf(file).tags);
    if (rank === Infinity || rank > (best?.rank ?? Infinity)) continue;
    if (best === undefined || rank < best.rank || isLaterBuild(file, best.file)) best = { file, rank };
  }
  return best?.file ?? sdist;
}

function isLaterBuild(one: LockedFile, other: LockedFile): boolean {
  return compareBuildTags(nameOf(one).build, nameOf(other).build) > 0;
}

/** Cached, since every target parses the same file names. */
const names = new WeakMap<LockedFile, WheelFilename>();

function nameOf(file: LockedFile): WheelFilename {
  let name = names.get(file);
  if (name === undefined) names.set(file, (name = parseWheelFilename(file.name)));
  return name;
}
