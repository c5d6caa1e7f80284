import type { Blueprint } from "../model/index.ts";
import { compareVersions, parseVersion } from "../vocab/version/index.ts";

export interface LockChange {
  readonly name: string;
  /** Versions that targets had, and have: none, one, or several. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What moved from one answer to the next, by name. */
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
      const known = versions.get(name) ?? [];
      if (!known.includes(version)) versions.set(name, [...known, version].sort(byVersion));
    }
  }
  return versions;
}

function byVersion(one: string, other: string): number {
  return compareVersions(parseVersion(one), parseVersion(other));
}
