import type { Blueprint } from "../../blueprint/blueprint.ts";
import { compareVersions, parseVersion } from "../../vocab/version.ts";

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

/** `+ numpy 2.3`, `~ httpx 0.27 → 0.28`, `- six 1.16`: a line each; one line where nothing moved. */
export function renderLockChanges(
  path: string,
  { fresh, before }: { readonly fresh: boolean; readonly before: Blueprint | undefined },
  changes: readonly LockChange[],
  dry = false,
): string {
  if (fresh) return `${path} is up to date\n`;
  const lines = changes.map(({ name, before: old, after }) => {
    if (old.length === 0) return `+ ${name} ${after.join(", ")}`;
    if (after.length === 0) return `- ${name} ${old.join(", ")}`;
    return `~ ${name} ${old.join(", ")} → ${after.join(", ")}`;
  });
  const done = before === undefined ? `made ${path}` : `wrote ${path}`;
  const head = dry ? `would write ${path}` : done;
  return `${[head, ...lines].join("\n")}\n`;
}

function byVersion(one: string, other: string): number {
  return compareVersions(parseVersion(one), parseVersion(other));
}
