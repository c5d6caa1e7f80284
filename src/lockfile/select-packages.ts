import { PosyError } from "../errors/posy-error.ts";
import { evaluateMarker, type MarkerEnvironment } from "../vocab/requirement/index.ts";
import { quote } from "../text/index.ts";
import { parseSpecifierSet, parseVersion, satisfies } from "../vocab/version/index.ts";
import type { LockedPackage, Pylock } from "./pylock.ts";

/** The requested part of a lock. Names are normalised. */
export interface LockChoice {
  /** None without it. */
  readonly extras?: Iterable<string>;
  /** The lock's `default-groups` without it. */
  readonly groups?: Iterable<string>;
}

/**
 * The packages that are installed in an environment ("Installation" in the `pylock.toml` specification, steps 1 to 5).
 * Throws `lock-mismatch` where the lock is not for it, lacks an extra or a group, or has two entries for one package.
 */
export function selectPackages(
  lock: Pylock,
  environment: MarkerEnvironment,
  choice: LockChoice = {},
): readonly LockedPackage[] {
  const extras = new Set(choice.extras);
  const groups = new Set(choice.groups ?? lock.defaultGroups);
  checkNames("extra", extras, lock.extras);
  checkNames("group", groups, [...lock.dependencyGroups, ...lock.defaultGroups]);
  const version = parseVersion(environment.python_full_version);
  const allowed = (text: string | undefined) =>
    text === undefined || satisfies(parseSpecifierSet(text), version);
  if (!allowed(lock.requiresPython)) {
    throw mismatch(
      `the lock is for Python \`${lock.requiresPython}\`, and this is ${environment.python_full_version}`,
    );
  }
  const holds = (marker: LockedPackage["marker"]) =>
    marker === undefined || evaluateMarker(marker, environment, extras, groups);
  // An empty list restricts nothing, as in pip and uv: PDM writes one.
  if (lock.environments?.length && !lock.environments.some(holds)) {
    throw mismatch("the lock is for none of the environments that this is");
  }
  const selected = new Map<string, LockedPackage>();
  for (const entry of lock.packages) {
    if (!holds(entry.marker)) continue;
    const { name, requiresPython } = entry;
    if (!allowed(requiresPython)) {
      throw mismatch(
        `\`${name}\` in the lock needs Python \`${requiresPython}\`, and this is ${environment.python_full_version}`,
      );
    }
    if (selected.has(name)) throw mismatch(`the lock has two entries for \`${name}\` that hold here`);
    selected.set(name, entry);
  }
  return [...selected.values()];
}

function checkNames(what: string, asked: ReadonlySet<string>, known: readonly string[]): void {
  const unknown = [...asked].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw mismatch(
    `the lock has no ${what} ${quote(unknown)}`,
    known.length === 0 ? undefined : `it has ${known.map((name) => `\`${name}\``).join(", ")}`,
  );
}

function mismatch(message: string, hint = "lock again for this platform and this Python too"): PosyError {
  return new PosyError("lock-mismatch", message, { hint });
}
