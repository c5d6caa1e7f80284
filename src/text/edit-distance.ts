import { otherNames, wellKnownNames } from "./well-known-names.ts";

/**
 * Returns the package names that were probably meant: the package behind an import name (`yaml` → `pyyaml`),
 * otherwise up to three well-known names that differ by a typing mistake or two.
 */
export function similarNames(name: string): readonly string[] {
  const other = otherNames.get(name);
  if (other !== undefined) return [other];
  const allowed = name.length < 5 ? 1 : 2;
  return wellKnownNames
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .filter(({ candidate, distance }) => candidate !== name && distance <= allowed)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/**
 * Returns how many letters must be inserted, deleted, replaced or swapped with their neighbour to get from `a` to `b`
 * (optimal string alignment). Infinity if the lengths differ by more than two.
 */
export function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? Number.POSITIVE_INFINITY;
}
