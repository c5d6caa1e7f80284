/**
 * How often a package was part of a conflict: as the one whose versions another package ruled out (`affected`), or as
 * the one that ruled out versions of another (`culprit`).
 */
export interface ConflictCount {
  readonly affected: number;
  readonly culprit: number;
}

export const noConflicts: ConflictCount = { affected: 0, culprit: 0 };

/** After this many conflicts it pays to try another order. uv uses the same number. */
export const conflictThreshold = 5;

/**
 * Counts conflicts by package. Packages that conflict often should be decided early, so that their conflict appears
 * before other decisions depend on it. Without this, boto3 × botocore × urllib3 walks through thousands of versions.
 */
export class ConflictCounts<P> {
  private readonly counts = new Map<P, { affected: number; culprit: number }>();

  of(name: P): ConflictCount {
    return this.counts.get(name) ?? noConflicts;
  }

  /** Counts a conflict. Returns the packages that just reached the threshold as culprits. */
  note(affected: P, packages: Iterable<P>): P[] {
    const culprits: P[] = [];
    for (const name of packages) {
      const count = this.counts.get(name) ?? { affected: 0, culprit: 0 };
      this.counts.set(name, count);
      if (name === affected) count.affected++;
      else if (++count.culprit === conflictThreshold) culprits.push(name);
    }
    return culprits;
  }
}
