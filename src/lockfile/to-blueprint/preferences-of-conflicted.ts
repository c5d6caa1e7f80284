import type { Blueprint, BlueprintTarget } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { blueprintOfPylock } from "./blueprint-of-pylock.ts";
import { sidesOf } from "../../text/index.ts";
import { markerText } from "../from-blueprint/format-pylock.ts";
import { parsePylock } from "./parse-pylock.ts";
import type { Pylock } from "../pylock.ts";

/**
 * Returns the pins of both sides of a merge conflict in a lock of Posy as preferences for a new resolve: theirs, then
 * ours, so that ours counts if they differ. A side that can't be read gives none. `path` is the path of the lock, for
 * messages; `folder` is its absolute folder.
 */
export async function preferencesOfConflicted(
  text: string,
  path: string,
  folder: string,
): Promise<Blueprint> {
  const [ours, theirs] = sidesOf(text);
  const targets: BlueprintTarget[] = [];
  for (const side of [theirs, ours]) targets.push(...(await targetsOf(side, path, folder)));
  return { blueprintVersion: 1, targets };
}

async function targetsOf(side: string, path: string, folder: string): Promise<readonly BlueprintTarget[]> {
  try {
    const lock = await parsePylock(side, path);
    return (await blueprintOfPylock(withoutDuplicates(lock), folder))?.targets ?? [];
  } catch (error) {
    if (error instanceof PosyError) return [];
    throw error;
  }
}

/** Removes the second of two equal entries. A merge may take the same package from both sides. */
function withoutDuplicates(lock: Pylock): Pylock {
  const entries = new Map<string, Pylock["packages"][number]>();
  for (const entry of lock.packages) {
    const key = `${entry.name}; ${entry.marker === undefined ? "" : markerText(entry.marker)}`;
    if (!entries.has(key)) entries.set(key, entry);
  }
  return { ...lock, packages: [...entries.values()] };
}
