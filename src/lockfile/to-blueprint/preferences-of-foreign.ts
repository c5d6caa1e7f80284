import type { Blueprint, Interpreter, PackagePin } from "../../model/index.ts";
import { markerEnvironment } from "../../pythons/compatibility/index.ts";
import { evaluateMarker } from "../../vocab/requirement/index.ts";
import { parseSpecifierSet, parseVersion, satisfies } from "../../vocab/version/index.ts";
import { fileArtifact } from "./pin-of-entry.ts";
import type { LockedPackage, Pylock } from "../pylock.ts";

/**
 * Returns the versions in a lock of another tool as preferences for a new lock: with all its extras and groups, for
 * each interpreter that it allows, or for all if it allows none. Sources have no version there, so they give no
 * preference.
 */
export function preferencesOfForeign(
  lock: Pylock,
  interpreters: readonly Interpreter[],
  folder: string,
): Blueprint {
  const allowed = interpreters.filter((python) => isFor(lock, python));
  const targets = (allowed.length > 0 ? allowed : interpreters).map((python) => {
    const pins = new Map<string, PackagePin>();
    for (const entry of lock.packages) {
      const pin =
        pins.has(entry.name) || !holds(lock, entry.marker, python) ? undefined : pinOf(entry, folder);
      if (pin !== undefined) pins.set(entry.name, pin);
    }
    return { platform: python.platform, python, packages: [...pins.values()] };
  });
  return { blueprintVersion: 1, targets };
}

function isFor(lock: Pylock, python: Interpreter): boolean {
  const { environments, requiresPython } = lock;
  return (
    (requiresPython === undefined ||
      satisfies(parseSpecifierSet(requiresPython), parseVersion(python.version))) &&
    (!environments?.length || environments.some((marker) => holds(lock, marker, python)))
  );
}

function holds(
  { extras, dependencyGroups, defaultGroups }: Pylock,
  marker: LockedPackage["marker"],
  python: Interpreter,
): boolean {
  const groups = new Set([...dependencyGroups, ...defaultGroups]);
  return marker === undefined || evaluateMarker(marker, markerEnvironment(python), new Set(extras), groups);
}

function pinOf({ name, version, source }: LockedPackage, folder: string): PackagePin | undefined {
  if (version === undefined || source.kind !== "files") return undefined;
  const file = source.wheels[0] ?? source.sdist;
  return (
    file && {
      name,
      version: parseVersion(version).text,
      extras: [],
      artifact: fileArtifact(file, source.index, folder),
      metadata: { requiresDist: [], providesExtra: [], unread: true },
      requiredBy: [],
      requested: false,
    }
  );
}
