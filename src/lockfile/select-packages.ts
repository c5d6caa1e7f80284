import { PosyError } from "../errors/posy-error.ts";
import { evaluateMarker, type MarkerEnvironment } from "../vocab/requirement/index.ts";
import { quote } from "../text/index.ts";
import { parseSpecifierSet, parseVersion, satisfies } from "../vocab/version/index.ts";
import type { LockedPackage, Pylock } from "./pylock.ts";

/** The extras and groups of a lock that are requested. Names are normalised. */
export interface LockChoice {
  /** The default is no extra. */
  readonly extras?: Iterable<string>;
  /** The default is the lock's `default-groups`. */
  readonly groups?: Iterable<string>;
}

/**
 * Returns the packages to install in an environment ("Installation" in the `pylock.toml` specification, steps 1 to 5).
 * Throws `lock-mismatch` if the lock is not for that environment, lacks a requested extra or group, or has two entries
 * for one package.
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
  const allowsPython = (text: string | undefined) =>
    text === undefined || satisfies(parseSpecifierSet(text), version);
  if (!allowsPython(lock.requiresPython)) {
    throw mismatch(
      `the lock needs Python \`${lock.requiresPython}\`, but this is Python ${environment.python_full_version}`,
    );
  }
  const holds = (marker: LockedPackage["marker"]) =>
    marker === undefined || evaluateMarker(marker, environment, extras, groups);
  // An empty list allows all environments, as in pip and uv. PDM writes one.
  if (lock.environments?.length && !lock.environments.some(holds)) {
    throw mismatch("none of the environments of the lock fits this Python and platform");
  }
  const selected = new Map<string, LockedPackage>();
  for (const entry of lock.packages) {
    if (!holds(entry.marker)) continue;
    const { name, requiresPython } = entry;
    if (!allowsPython(requiresPython)) {
      throw mismatch(
        `\`${name}\` in the lock needs Python \`${requiresPython}\`, but this is Python ${environment.python_full_version}`,
      );
    }
    if (selected.has(name))
      throw mismatch(`the lock has two entries for \`${name}\` whose markers hold here`);
    selected.set(name, entry);
  }
  return [...selected.values()];
}

function checkNames(what: string, requested: ReadonlySet<string>, known: readonly string[]): void {
  const unknown = [...requested].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw mismatch(
    `the lock has no ${what} ${quote(unknown)}`,
    known.length === 0 ? undefined : `it has ${known.map((name) => `\`${name}\``).join(", ")}`,
  );
}

function mismatch(message: string, hint = "lock again for this platform and this Python too"): PosyError {
  return new PosyError("lock-mismatch", message, { hint });
}
