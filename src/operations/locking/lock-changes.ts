import type { Blueprint } from "../../model/index.ts";
import { compareVersions, parseVersion } from "../../vocab/version/index.ts";

/** A package, or Python, whose locked versions changed. */
export interface LockChange {
  /** The name of the package, or `python`. */
  readonly name: string;
  /** The versions of all targets before and after, sorted: none, one, or several. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Returns the packages whose versions differ between two Blueprints, by name. */
export function lockChanges({
  before,
  blueprint,
}: {
  readonly before: Blueprint | undefined;
  readonly blueprint: Blueprint;
}): readonly LockChange[] {
  if (before === blueprint) return [];
  const [old, now] = [versionsIn(before), versionsIn(blueprint)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .map((name) => ({ name, before: old.get(name) ?? [], after: now.get(name) ?? [] }))
    .filter((change) => change.before.join() !== change.after.join());
}

function versionsIn(blueprint: Blueprint | undefined): ReadonlyMap<string, readonly string[]> {
  const versions = new Map<string, string[]>();
  for (const { python, packages } of blueprint?.targets ?? []) {
    for (const [name, version] of [
      ["python", python.version] as const,
      ...packages.map((pin) => [pin.name, pin.version] as const),
    ]) {
      const listed = versions.get(name) ?? [];
      if (!listed.includes(version)) versions.set(name, [...listed, version].sort(byVersion));
    }
  }
  return versions;
}

function byVersion(one: string, other: string): number {
  return compareVersions(parseVersion(one), parseVersion(other));
}
