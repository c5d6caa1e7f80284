import { editDistance } from "./edit-distance.ts";

/** Returns up to three names that differ from `typed` by a typing mistake or two, nearest first. */
export function didYouMean<Name extends string>(typed: string, names: readonly Name[]): readonly Name[] {
  const allowed = typed.length < 5 ? 1 : 2;
  return names
    .map((name) => ({ name, count: editDistance(typed, name) }))
    .filter(({ count }) => count <= allowed)
    .sort((a, b) => a.count - b.count)
    .slice(0, 3)
    .map(({ name }) => name);
}
