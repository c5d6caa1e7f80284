import { sep } from "node:path";
import type { Home } from "../home.ts";

/** Returns the stores in which entries are looked up: the user's own, then the shared ones. */
export function storesOf(home: Home): readonly Home[] {
  return [home, ...home.shared];
}

/** Returns the shared store that a path is in, or undefined if it is in none. */
export function sharedStoreOf(path: string, { shared }: Pick<Home, "shared">): Home | undefined {
  return shared.find(({ data, cache }) => path.startsWith(data + sep) || path.startsWith(cache + sep));
}
