import type { Artifact } from "../../model/index.ts";
import type { Project } from "../../packages/index.ts";
import { BitSet } from "../../solver/index.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";
import { satisfiesOne, type Specifier, type SpecifierSet, type Version } from "../../vocab/version/index.ts";

/** A version that exists, and its files (which are looked at late: most never are). */
export interface KnownVersion {
  readonly version: Version;
  readonly artifacts: readonly Artifact[];
  /** It is what lies at this URL, not what an index has. */
  readonly url?: string;
}

/**
 * All versions of a package, newest first: what the bits of its version sets stand for. Those that a URL names stand
 * before those of the index, but count only where they are asked for by URL or nothing else fits.
 */
export class KnownVersions {
  readonly name: PackageName;
  readonly versions: readonly KnownVersion[];
  /** What the indexes said; undefined where the Brief names a URL and no index was asked. */
  readonly project: Project | undefined;
  /** How many of them the index has: they stand first, newest first. */
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

  /** An interval of versions is a range of what is in order: its ends are searched for, and few versions are ever read. */
  private matchingOne(clause: Specifier): BitSet {
    const holds = (index: number) => satisfiesOne(clause, this.at(index).version);
    const { interval } = clause;
    if (interval === undefined) return BitSet.where(this.length, holds);
    const range = BitSet.range(this.length, this.firstBelow(interval.to), this.firstBelow(interval.from));
    const inside = interval.outside ? BitSet.range(this.length, 0, this.listed).difference(range) : range;
    if (this.listed === this.length) return inside;
    return inside.union(BitSet.where(this.length, (index) => index >= this.listed && holds(index)));
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

  /** The member of the set that is this version, one of the index before one of a URL. */
  find(version: Version, among: BitSet): number | undefined {
    const listed = this.firstBelow(version.order) - 1;
    const isIt = (index: number) => among.has(index) && this.at(index).version.key === version.key;
    if (listed >= 0 && isIt(listed)) return listed;
    for (let index = this.listed; index < this.length; index += 1) if (isIt(index)) return index;
    return undefined;
  }

  ofUrl(url: string): BitSet {
    return BitSet.where(this.length, (index) => this.at(index).url === url);
  }
}
