import type { Tag } from "./tag.ts";
import type { Version } from "../version/index.ts";

export interface CpythonBuild {
  readonly freeThreaded?: boolean;
}

/** Stands for "each platform tag of the machine" in a pybi's `Pybi-Wheel-Tag` (PEP 711). */
const placeholder = "PLATFORM";

/**
 * The wheel tags of a CPython, best first, with the platform `PLATFORM`: those that `packaging.tags` computes
 * (`cpython_tags`, then `compatible_tags`). They follow from the version and the kind of build alone.
 */
export function cpythonWheelTags(version: Version, build: CpythonBuild = {}): readonly string[] {
  const [major, minor] = [Number(version.release[0] ?? 0), Number(version.release[1] ?? 0)];
  // Free-threaded builds exist from 3.13 on (PEP 703).
  const freeThreaded = build.freeThreaded === true && atLeast(major, minor, 3, 13);
  const own = `cp${major}${minor}`;
  const stable = freeThreaded ? "abi3t" : "abi3"; // PEP 384, PEP 803
  const hasStable = atLeast(major, minor, 3, 2);

  const tags = [`${own}-${own}${abiFlags(major, minor, freeThreaded)}-${placeholder}`];
  if (hasStable) tags.push(`${own}-${stable}-${placeholder}`);
  tags.push(`${own}-none-${placeholder}`);
  if (hasStable) {
    for (let older = minor - 1; older >= 2; older--) tags.push(`cp${major}${older}-${stable}-${placeholder}`);
  }
  const pythons = [`py${major}${minor}`, `py${major}`];
  for (let older = minor - 1; older >= 0; older--) pythons.push(`py${major}${older}`);
  for (const python of pythons) tags.push(`${python}-none-${placeholder}`);
  tags.push(`${own}-none-any`);
  for (const python of pythons) tags.push(`${python}-none-any`);
  return tags;
}

/** PEP 3149: `m` (pymalloc) was part of the ABI until 3.7, `t` (free-threaded) is since 3.13. */
function abiFlags(major: number, minor: number, freeThreaded: boolean): string {
  if (freeThreaded) return "t";
  return atLeast(major, minor, 3, 8) ? "" : "m";
}

function atLeast(major: number, minor: number, wantedMajor: number, wantedMinor: number): boolean {
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/**
 * Puts the machine's platform tags where the wheel tags say `PLATFORM`. Outer loop: the wheel tags in order;
 * inner loop: the platform tags, best first. Without duplicates.
 */
export function expandWheelTags(
  wheelTags: readonly string[],
  platformTags: readonly string[],
): readonly Tag[] {
  const tags = new Set<Tag>();
  for (const wheelTag of wheelTags) {
    if (!wheelTag.endsWith(`-${placeholder}`)) {
      tags.add(wheelTag);
      continue;
    }
    const stem = wheelTag.slice(0, -placeholder.length);
    for (const platform of platformTags) tags.add(stem + platform);
  }
  return [...tags];
}

/** How well tags fit: of two that do the lower rank is the better; undefined for what does not. */
export interface TagRanks {
  get(tag: Tag): number | undefined;
  /** The best of a wheel's tags; Infinity where none fits. Worked out once for each set, which wheels share (`parseTagSet`). */
  best(tags: readonly Tag[]): number;
  /** All that fit, best first. */
  tags(): readonly Tag[];
}

/** The ranks of what `expandWheelTags` gives, by the parts of tags: written out they are thousands for each interpreter. */
export function wheelTagRanks(wheelTags: readonly string[], platformTags: readonly string[]): TagRanks {
  const [whole, stems] = [new Map<string, number>(), new Map<string, number>()];
  for (const [place, wheelTag] of wheelTags.entries()) {
    const isStem = wheelTag.endsWith(`-${placeholder}`);
    const [ranks, key] = isStem ? [stems, wheelTag.slice(0, -placeholder.length)] : [whole, wheelTag];
    if (!ranks.has(key)) ranks.set(key, place * platformTags.length);
  }
  const platforms = new Map<string, number>();
  for (const [place, platform] of platformTags.entries()) {
    if (!platforms.has(platform)) platforms.set(platform, place);
  }
  const get = (tag: Tag): number | undefined => {
    const at = tag.lastIndexOf("-") + 1;
    const [stem, platform] = [stems.get(tag.slice(0, at)), platforms.get(tag.slice(at))];
    const written = whole.get(tag);
    if (stem === undefined || platform === undefined) return written;
    return written === undefined ? stem + platform : Math.min(written, stem + platform);
  };
  const known = new WeakMap<readonly Tag[], number>();
  return {
    tags: () => expandWheelTags(wheelTags, platformTags),
    get,
    best(tags) {
      let rank = known.get(tags);
      if (rank === undefined) known.set(tags, (rank = Math.min(...tags.map((tag) => get(tag) ?? Infinity))));
      return rank;
    },
  };
}
