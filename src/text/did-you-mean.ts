import { editDistance } from "./edit-distance.ts";

interface DidYouMeanOptions {
  /** How far a name is from what was typed; `editDistance` by default. */
  readonly distance?: (typed: string, name: string) => number;
  /** The greatest distance of a name that is suggested; by default 1 for up to four typed letters, otherwise 2. */
  readonly allowed?: (name: string) => number;
}

/** Returns up to three names that differ from `typed` by a typing mistake or two, nearest first. */
export function didYouMean<Name extends string>(
  typed: string,
  names: readonly Name[],
  { distance = editDistance, allowed = () => (typed.length < 5 ? 1 : 2) }: DidYouMeanOptions = {},
): readonly Name[] {
  return names
    .map((name) => ({ name, count: distance(typed, name) }))
    .filter(({ name, count }) => count <= allowed(name))
    .sort((a, b) => a.count - b.count)
    .slice(0, 3)
    .map(({ name }) => name);
}
