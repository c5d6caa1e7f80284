import type { Tag } from "./tag.ts";
import type { Version } from "../version/index.ts";

export interface CpythonBuild {
  readonly freeThreaded?: boolean;
}

/** The placeholder for each platform tag of the machine in a pybi's `Pybi-Wheel-Tag` (PEP 711). */
const placeholder = "PLATFORM";

/**
 * Returns the wheel tags of a CPython, best first, with the platform `PLATFORM`: those that `packaging.tags` computes
 * (`cpython_tags`, then `compatible_tags`). They depend only on the version and the kind of build.
 */
export function cpythonWheelTags(version: Version, build: CpythonBuild = {}): readonly string[] {
  const [major, minor] = [Number(version.release[0] ?? 0), Number(version.release[1] ?? 0)];
  // Free-threaded builds exist from 3.13 on (PEP 703).
  const freeThreaded = build.freeThreaded === true && atLeast(major, minor, 3, 13);
  const interpreter = `cp${major}${minor}`;
  const stable = freeThreaded ? "abi3t" : "abi3"; // PEP 384, PEP 803
  const hasStable = atLeast(major, minor, 3, 2);

  const tags = [`${interpreter}-${interpreter}${abiFlags(major, minor, freeThreaded)}-${placeholder}`];
  if (hasStable) tags.push(`${interpreter}-${stable}-${placeholder}`);
  tags.push(`${interpreter}-none-${placeholder}`);
  if (hasStable) {
    for (let older = minor - 1; older >= 2; older--) tags.push(`cp${major}${older}-${stable}-${placeholder}`);
  }
  const pythons = [`py${major}${minor}`, `py${major}`];
  for (let older = minor - 1; older >= 0; older--) pythons.push(`py${major}${older}`);
  for (const python of pythons) tags.push(`${python}-none-${placeholder}`);
  tags.push(`${interpreter}-none-any`);
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
 * Replaces `PLATFORM` in the wheel tags by each platform tag of the machine, without duplicates. All platforms of a
 * wheel tag come before the next wheel tag; both lists are sorted best first.
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
  /**
   * Returns the best rank of a wheel's tags, or Infinity if none fits. Computed once per set, since wheels share the
   * arrays of `parseTagSet`.
   */
  best(tags: readonly Tag[]): number;
  /** Returns all tags that fit, best first. */
  tags(): readonly Tag[];
}

/**
 * Returns the ranks of the tags of `expandWheelTags`. It looks up the parts of a tag, since the expanded list would
 * have thousands of tags for each interpreter.
 */
export function wheelTagRanks(wheelTags: readonly string[], platformTags: readonly string[]): TagRanks {
  const [whole, stems] = [new Map<string, number>(), new Map<string, number>()];
  for (const [index, wheelTag] of wheelTags.entries()) {
    const isStem = wheelTag.endsWith(`-${placeholder}`);
    const [ranks, key] = isStem ? [stems, wheelTag.slice(0, -placeholder.length)] : [whole, wheelTag];
    if (!ranks.has(key)) ranks.set(key, index * platformTags.length);
  }
  const platforms = new Map<string, number>();
  for (const [index, platform] of platformTags.entries()) {
    if (!platforms.has(platform)) platforms.set(platform, index);
  }
  const get = (tag: Tag): number | undefined => {
    const start = tag.lastIndexOf("-") + 1;
    const [stem, platform] = [stems.get(tag.slice(0, start)), platforms.get(tag.slice(start))];
    const written = whole.get(tag);
    if (stem === undefined || platform === undefined) return written;
    return written === undefined ? stem + platform : Math.min(written, stem + platform);
  };
  const bestRanks = new WeakMap<readonly Tag[], number>();
  return {
    tags: () => expandWheelTags(wheelTags, platformTags),
    get,
    best(tags) {
      let rank = bestRanks.get(tags);
      if (rank === undefined)
        bestRanks.set(tags, (rank = Math.min(...tags.map((tag) => get(tag) ?? Infinity))));
      return rank;
    },
  };
}
