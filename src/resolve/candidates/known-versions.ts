import type { Artifact } from "../../model/index.ts";
import type { Project } from "../../packages/index.ts";
import { BitSet } from "../../solver/index.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";
import { satisfiesOne, type Specifier, type SpecifierSet, type Version } from "../../vocab/version/index.ts";

/** A version that exists, and its files. They are read lazily: most never are. */
export interface KnownVersion {
  readonly version: Version;
  readonly artifacts: readonly Artifact[];
  /** The URL that this version comes from. Undefined for a version of an index. */
  readonly url?: string;
}

/**
 * All versions of a package. Bit `i` of a version set stands for the version of index `i`. The versions of the index
 * come first, the newest at the front. Versions of URLs follow: they count only if they are asked for by URL or if
 * nothing else fits.
 */
export class KnownVersions {
  readonly name: PackageName;
  readonly versions: readonly KnownVersion[];
  /** What the indexes answered. Undefined if the Brief names a URL, so that no index was asked. */
  readonly project: Project | undefined;
  /** The number of versions from the index. They come first, the newest at the front. */
  private readonly listed: number;
  private readonly matches = new Map<string, BitSet>();

  constructor(name: PackageName, project: Project | undefined, direct: readonly KnownVersion[]) {
    this.name = name;
    this.project = project;
    this.listed = project?.releases.length ?? 0;
    this.versions = [...(project?.releases ?? []), ...direct];
  }

  get length(): number {
    return this.versions.length;
  }

  at(index: number): KnownVersion {
    const version = this.versions[index];
    if (version === undefined) throw new Error(`\`${this.name}\` has no version of index ${index}`);
    return version;
  }

  matching(specifier: SpecifierSet): BitSet {
    let set = this.matches.get(specifier.text);
    if (set === undefined) {
      set = BitSet.full(this.length);
      for (const clause of specifier.specifiers) set = set.intersection(this.matchingOne(clause));
      this.matches.set(specifier.text, set);
    }
    return set;
  }

  /**
   * Returns the versions that satisfy one specifier. An interval of versions is a range of the sorted list: its ends
   * are found by binary search, so few versions are ever read.
   */
  private matchingOne(clause: Specifier): BitSet {
    const isSatisfied = (index: number) => satisfiesOne(clause, this.at(index).version);
    const { interval } = clause;
    if (interval === undefined) return BitSet.where(this.length, isSatisfied);
    const range = BitSet.range(this.length, this.firstBelow(interval.to), this.firstBelow(interval.from));
    const inside = interval.outside ? BitSet.range(this.length, 0, this.listed).difference(range) : range;
    if (this.listed === this.length) return inside;
    return inside.union(BitSet.where(this.length, (index) => index >= this.listed && isSatisfied(index)));
  }

  /** The index of the first listed version that is less than `order` (`Version.order`). */
  private firstBelow(order: string): number {
    let low = 0;
    let high = this.listed;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle).version.order < order) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Returns the member of the set that equals this version. A version of the index comes before one of a URL. */
  find(version: Version, among: BitSet): number | undefined {
    const listed = this.firstBelow(version.order) - 1;
    const isMatch = (index: number) => among.has(index) && this.at(index).version.key === version.key;
    if (listed >= 0 && isMatch(listed)) return listed;
    for (let index = this.listed; index < this.length; index += 1) if (isMatch(index)) return index;
    return undefined;
  }

  ofUrl(url: string): BitSet {
    return BitSet.where(this.length, (index) => this.at(index).url === url);
  }
}
