/** How often a package was part of a conflict: `affected`, another ruled its versions out; `culprit`, it ruled out others'. */
export interface ConflictCount {
  readonly affected: number;
  readonly culprit: number;
}

export const noConflicts: ConflictCount = { affected: 0, culprit: 0 };

/** After this many conflicts it pays to try another order (uv has found the same number to be good). */
export const conflictThreshold = 5;

/**
 * Packages that keep conflicting are better decided on early: then their conflict shows before anything hangs on
 * it. Without this, boto3 × botocore × urllib3 walks through thousands of versions.
 */
export class ConflictCounts<P> {
  private readonly counts = new Map<P, { affected: number; culprit: number }>();

  of(name: P): ConflictCount {
    return this.counts.get(name) ?? noConflicts;
  }

  /** Notes a conflict; returns the packages that crossed the threshold as culprits. */
  note(affected: P, packages: Iterable<P>): P[] {
    const crossed: P[] = [];
    for (const name of packages) {
      const count = this.counts.get(name) ?? { affected: 0, culprit: 0 };
      this.counts.set(name, count);
      if (name === affected) count.affected++;
      else if (++count.culprit === conflictThreshold) crossed.push(name);
    }
    return crossed;
  }
}
