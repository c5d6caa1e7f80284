import { type Blueprint, type BlueprintTarget, sameTargetIn } from "../model/index.ts";
import {
  isTable,
  nonEmptyTextAt,
  optionalAt,
  parsedAt,
  refuseKey,
  textAt,
  textsAt,
  type TomlTable,
} from "../toml/index.ts";
import {
  formatRequirement,
  nameWithExtras,
  normalizeName,
  parseRequirement,
  type Requirement,
} from "../vocab/requirement/index.ts";
import { anyVersion } from "../vocab/version/index.ts";
import { reachablePins } from "./reachable-pins.ts";

/** An extra or a dependency group of a project. The name is normalised. */
export interface ListName {
  readonly kind: "extra" | "group";
  readonly name: string;
}

/** An extra or a dependency group whose packages are in a lock, so that it can be used without an index. */
export interface LockedList extends ListName {
  /** Its direct requirements: names, extras and markers. */
  readonly requirements: readonly Requirement[];
}

/** An extra or a dependency group whose packages are not in a lock. */
export interface MissingList extends ListName {
  /**
   * `conflict`: `[tool.uv] conflicts` keeps it apart from another list. `source`: it has packages from another source
   * than the rest of the lock. `override`: an override of the project has extras. Otherwise the code of the error that
   * resolving threw: `unsatisfiable`.
   */
  readonly reason: string;
}

/** The extras and groups of a lock. */
export interface LockedLists {
  /** The packages of the environment and of all lists. Each target has one version of a package. */
  readonly whole: Blueprint;
  readonly lists: readonly LockedList[];
  readonly missing: readonly MissingList[];
  /** Identifies what all lists ask for. A lock with another one is out of date. */
  readonly fingerprint: string;
}

/**
 * Returns the Blueprint of an environment (`base`) together with some of the lists of its lock. Asks no index and
 * resolves nothing.
 */
export function withLists(
  base: Blueprint,
  { whole, lists }: Pick<LockedLists, "whole" | "lists">,
  chosen: readonly ListName[],
): Blueprint {
  const requirements = lists
    .filter((list) => chosen.some((name) => isSameList(name, list)))
    .flatMap((list) => list.requirements);
  const targets = base.targets.map((target): BlueprintTarget => {
    const { packages } = sameTargetIn(whole, target) ?? target;
    return {
      ...target,
      packages: reachablePins(packages, target.python, [...rootsOf(target), ...requirements]),
    };
  });
  return { blueprintVersion: 1, targets };
}

/** Returns the requirements that lead to the packages of a target: its requested packages with their extras. */
function rootsOf({ packages }: BlueprintTarget): readonly Requirement[] {
  return packages
    .filter(({ requested }) => requested)
    .map(({ name, extras }) => parseRequirement(nameWithExtras(name, extras)));
}

export function isSameList(one: ListName, other: ListName): boolean {
  return one.kind === other.kind && one.name === other.name;
}

/** Returns the keys of `[tool.posy]` for lists. */
export function listsTable({ lists, missing, fingerprint }: LockedLists): TomlTable {
  return {
    "lists-fingerprint": fingerprint,
    lists: lists.map(({ kind, name, requirements }) => ({
      [kind]: name,
      requires: [...new Set(requirements.map(withoutSpecifier))],
    })),
    ...(missing.length === 0
      ? {}
      : { "missing-lists": missing.map(({ kind, name, reason }) => ({ [kind]: name, reason })) }),
  };
}

/** Versions and URLs are left out: the pins have them, and a URL may be a path of this machine. */
function withoutSpecifier(requirement: Requirement): string {
  const { url: _url, ...named } = requirement;
  const text = formatRequirement({ ...named, specifier: anyVersion });
  return text.includes("'") ? text : text.replaceAll('"', "'");
}

/** Reads what `listsTable` wrote. Undefined if the lock has no lists. Throws `KeyError`. */
export function readListsTable(posy: TomlTable): Omit<LockedLists, "whole"> | undefined {
  const fingerprint = optionalAt(posy, "lists-fingerprint", "", textAt);
  if (fingerprint === undefined) return undefined;
  return {
    fingerprint,
    lists: tablesIn(posy, "lists").map((table) => ({
      ...nameOfList(table),
      requirements: textsAt(table["requires"] ?? [], "lists.requires").map((text) =>
        parsedAt(text, "lists.requires", parseRequirement),
      ),
    })),
    missing: tablesIn(posy, "missing-lists").map((table) => ({
      ...nameOfList(table),
      reason: nonEmptyTextAt(table["reason"], "missing-lists.reason"),
    })),
  };
}

function nameOfList(table: TomlTable): ListName {
  const kind = table["extra"] === undefined ? "group" : "extra";
  return { kind, name: normalizeName(nonEmptyTextAt(table[kind], `lists.${kind}`)) };
}

function tablesIn(posy: TomlTable, key: string): readonly TomlTable[] {
  const value = posy[key] ?? [];
  if (Array.isArray(value) && value.every(isTable)) return value;
  throw refuseKey(key, "must be an array of tables");
}
