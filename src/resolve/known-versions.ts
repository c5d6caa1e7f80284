import type { Artifact } from "../packages/artifact.ts";
import type { Project } from "../packages/package-db.ts";
import { BitSet } from "../solver/bit-set.ts";
import type { PackageName } from "../vocab/name.ts";
import type { SpecifierSet } from "../vocab/specifier.ts";
import { satisfies } from "../vocab/specifier.ts";
import { isPrerelease, type Version } from "../vocab/version.ts";

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
  private readonly matches = new Map<string, BitSet>();
  private allPrereleases: boolean | undefined;

  constructor(name: PackageName, project: Project | undefined, direct: readonly KnownVersion[]) {
    this.name = name;
    this.project = project;
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
      set = BitSet.where(this.length, (index) => satisfies(specifier, this.at(index).version));
      this.matches.set(specifier.text, set);
    }
    return set;
  }

  ofUrl(url: string): BitSet {
    return BitSet.where(this.length, (index) => this.at(index).url === url);
  }

  /** Whether there are pre-releases only: then one is no surprise (pitfall 7). */
  get onlyPrereleases(): boolean {
    this.allPrereleases ??= this.versions.every(({ version }) => isPrerelease(version));
    return this.allPrereleases;
  }
}
