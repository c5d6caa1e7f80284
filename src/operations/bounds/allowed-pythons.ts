import { parseVersion, satisfies, type SpecifierSet, type Version } from "../../vocab/version/index.ts";

/** Releases for Python 3.5 and older have no `Requires-Python`, so it is not known which of them work there. */
const oldestMinor = 6;

/** Higher than the last patch version of any Python 3. */
const highestPatch = 30;

/**
 * Returns the minor versions of Python 3 that `requires-python` allows, oldest first, from 3.6 up to the minor version
 * of `newest`. Each is represented by its highest allowed patch version, which need not exist: many packages exclude
 * the first patch versions of a minor version (`>=3.9.7`), and support it all the same.
 */
export function allowedPythons(requires: SpecifierSet, newest: Version): readonly string[] {
  const pythons: string[] = [];
  for (let minor = oldestMinor; minor <= Number(newest.release[1] ?? 0); minor += 1) {
    for (let patch = highestPatch; patch >= 0; patch -= 1) {
      const python = `3.${minor}.${patch}`;
      if (!satisfies(requires, parseVersion(python))) continue;
      pythons.push(python);
      break;
    }
  }
  return pythons;
}

/** Compares two minor versions of Python. Negative if the first is older. */
export function compareMinors(one: string, other: string): number {
  return minorNumber(one) - minorNumber(other);
}

function minorNumber(python: string): number {
  return Number(parseVersion(python).release[1] ?? 0);
}
