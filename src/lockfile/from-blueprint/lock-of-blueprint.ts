import type { Blueprint, BlueprintTarget, PackagePin } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { markerEnvironment } from "../../pythons/compatibility/index.ts";
import type { TomlTable } from "../../toml/index.ts";
import { compareVersions, parseVersion } from "../../vocab/version/index.ts";
import { type FileLister, filesOfRelease } from "../files-of-release.ts";
import { markerText } from "./format-pylock.ts";
import { type ListConditions, listConditions, packageMarker } from "./list-conditions.ts";
import { requiringPins, writePinMetadata } from "../pin-metadata-table.ts";
import { posyTable } from "../posy-table.ts";
import type { ListName, LockedLists } from "../locked-lists.ts";
import type { LockedPackage, Pylock } from "../pylock.ts";
import { type MarkerFinder, openMarkerFinder } from "../select-marker.ts";
import { selectPackages } from "../select-packages.ts";
import { entryOfPin } from "./source-of-pin.ts";
import { nameTargets } from "../target-name.ts";

export interface LockOptions {
  /** The absolute folder of the lock. Local files are written relative to it. */
  readonly folder: string;
  /** The fingerprint of the Brief that the lock is made for (`fingerprintOfBrief`). */
  readonly fingerprint?: string;
  /** Lists the other files of the pinned versions. Without it, the lock has only the pinned files. */
  readonly db?: FileLister;
  /** The extras and groups of the project. Their packages get markers. */
  readonly lists?: LockedLists | undefined;
}

/** The content of one entry: a version or a direct URL, and the targets that use it. */
interface Row {
  readonly name: string;
  readonly pins: Map<number, PackagePin>;
}

/**
 * Returns the lock of a Blueprint, for all its targets (PEP 751). A package with different versions has an entry for
 * each version, with the shortest marker that distinguishes its targets. Each target is checked to select exactly its
 * pins. Throws `indistinct-targets` if no marker distinguishes targets with different pins.
 *
 * With `options.lists`, packages that only extras or groups need have a marker such as `'docs' in dependency_groups`.
 * The packages of the Blueprint itself are installed without any extra and group.
 */
export async function lockOfBlueprint(blueprint: Blueprint, options: LockOptions): Promise<Pylock> {
  const { lists } = options;
  // The targets with the packages of all lists.
  const targets = lists ? lists.whole.targets : blueprint.targets;
  const conditions = listConditions(blueprint, targets, lists?.lists ?? []);
  const names = nameTargets(targets);
  const environments = targets.map(({ python }) => markerEnvironment(python));
  const finder = openMarkerFinder(environments);
  const rows = rowsOf(targets);
  const requiredBy = blueprint.targets.map(({ packages, python }) =>
    requiringPins(
      packages.map(({ name, extras, metadata }) => ({ name, extras, requiresDist: metadata.requiresDist })),
      python,
    ),
  );
  const entries = await Promise.all(
    rows.map((row) => entryOf(row, targets, { finder, conditions }, names, options)),
  );
  const required = rowsByRequiring(rows);
  const packages = rows.map((row, rowIndex): LockedPackage => {
    const entry = entries[rowIndex] as LockedPackage;
    const pinMetadata = [...row.pins].map(([index, pin]): readonly [string, TomlTable] => {
      const base = blueprint.targets[index]?.packages.find(({ name }) => name === pin.name);
      const written = base ?? { ...pin, requested: false, extras: [], requiredBy: [] };
      const known = base === undefined ? [] : (requiredBy[index]?.get(pin.name) ?? []);
      return [names[index] ?? "", writePinMetadata(written, known, entry.requiresPython, options.folder)];
    });
    const posy = joinPinMetadata(pinMetadata);
    return {
      ...entry,
      dependencies: dependenciesOf(row, required.get(row.name) ?? [], rows, entries),
      tool: Object.keys(posy).length === 0 ? {} : { posy },
    };
  });
  const lock: Pylock = {
    lockVersion: "1.0",
    environments: withoutDuplicates(targets.map((_, index) => finder.describe(index))),
    requiresPython: pythonsOf(targets),
    extras: namesOf(lists, "extra"),
    dependencyGroups: namesOf(lists, "group"),
    defaultGroups: [],
    createdBy: "posy",
    packages,
    tool: { posy: posyTable(targets, names, packages, options) },
  };
  for (const [index, environment] of environments.entries()) {
    const isIn = (row: Row) => row.pins.has(index);
    const base = blueprint.targets[index]?.packages.map(({ name }) => name);
    const inBase = new Set(base);
    checkSelection(
      lock,
      selectPackages(lock, environment),
      rows.map((row) => isIn(row) && inBase.has(row.name)),
    );
    const all = { extras: lock.extras, groups: lock.dependencyGroups };
    checkSelection(lock, selectPackages(lock, environment, all), rows.map(isIn));
  }
  return lock;
}

/** Returns the rows sorted by name, then from the newest version to the oldest. */
function rowsOf(targets: readonly BlueprintTarget[]): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const [index, { packages }] of targets.entries()) {
    for (const pin of packages) {
      const { artifact } = pin;
      const identity = artifact.direct ? artifact.url : `${pin.version} ${artifact.index ?? ""}`;
      const key = `${pin.name} ${identity}`;
      const row = rows.get(key) ?? { name: pin.name, pins: new Map<number, PackagePin>() };
      rows.set(key, row);
      row.pins.set(index, pin);
    }
  }
  return [...rows.values()].sort((a, b) => {
    if (a.name !== b.name) return a.name < b.name ? -1 : 1;
    const [one, other] = [firstOf(a), firstOf(b)];
    const order = compareVersions(parseVersion(other.version), parseVersion(one.version));
    return order || (one.artifact.url < other.artifact.url ? -1 : 1);
  });
}

function firstOf({ pins }: Row): PackagePin {
  const [first] = pins.values();
  if (first === undefined) throw new Error("a row has a pin");
  return first;
}

async function entryOf(
  row: Row,
  targets: readonly BlueprintTarget[],
  { finder, conditions }: Markers,
  names: readonly string[],
  { folder, db }: LockOptions,
): Promise<LockedPackage> {
  const indexes = [...row.pins.keys()];
  const pins = [...row.pins.values()];
  const pin = firstOf(row);
  const marker = packageMarker(row.name, indexes, finder, conditions);
  if (marker === undefined) {
    throw new PosyError(
      "indistinct-targets",
      `\`${row.name} ${pin.version}\` is only for ${indexes.map((index) => `\`${names[index]}\``).join(", ")}, and no marker distinguishes that from the other targets`,
      {
        hint: "write separate locks for targets with equal markers (glibc and musl, with and without the global lock)",
      },
    );
  }
  const listed = pin.artifact.direct !== true;
  const artifacts = pins.map(({ artifact }) => artifact);
  const pythons = indexes.flatMap((index) => targets[index]?.python ?? []);
  const files = listed
    ? await filesOfRelease(row.name, pin.version, artifacts, pythons, db ?? noFiles)
    : undefined;
  const { requiresPython, ...entry } = entryOfPin(pin, files, folder);
  const agreed = pins.every(({ metadata }) => metadata.requiresPython === pin.metadata.requiresPython);
  return {
    ...entry,
    ...(marker === "all" ? {} : { marker }),
    ...(agreed && requiresPython !== undefined ? { requiresPython } : {}),
  };
}

/** What the marker of an entry is made of. */
interface Markers {
  readonly finder: MarkerFinder;
  readonly conditions: ListConditions;
}

function namesOf(lists: LockedLists | undefined, kind: ListName["kind"]): readonly string[] {
  return (lists?.lists ?? []).filter((list) => list.kind === kind).map(({ name }) => name);
}

const noFiles: FileLister = {
  project: (name) => Promise.resolve({ name, found: false, releases: [], lookedIn: [], setAside: [] }),
};

/** Returns the indexes of the rows that a package requires on some target, by the name of that package. */
function rowsByRequiring(rows: readonly Row[]): ReadonlyMap<string, readonly number[]> {
  const required = new Map<string, number[]>();
  for (const [index, { pins }] of rows.entries()) {
    for (const name of new Set([...pins.values()].flatMap(({ requiredBy }) => requiredBy))) {
      const indexes = required.get(name);
      if (indexes === undefined) required.set(name, [index]);
      else indexes.push(index);
    }
  }
  return required;
}

/** Returns the entries that a row requires on some target, each with the keys that identify it. */
function dependenciesOf(
  row: Row,
  required: readonly number[],
  rows: readonly Row[],
  entries: readonly LockedPackage[],
): readonly TomlTable[] {
  const dependencies: TomlTable[] = [];
  for (const index of required) {
    const [other, entry] = [rows[index], entries[index]];
    if (other === undefined || entry === undefined) continue;
    const together = [...other.pins].some(
      ([target, pin]) => row.pins.has(target) && pin.requiredBy.includes(row.name),
    );
    if (!together) continue;
    // Entries with the same name are next to each other.
    const sameName = [entries[index - 1], entries[index + 1]].filter((entry) => entry?.name === other.name);
    const identifying = sameName.length === 0 ? {} : identifyingKeys(entry, sameName);
    dependencies.push({ name: other.name, ...identifying });
  }
  return dependencies;
}

/** Returns the keys of an entry that the other entries with its name do not have. */
function identifyingKeys(
  { version, source }: LockedPackage,
  sameName: readonly (LockedPackage | undefined)[],
): TomlTable {
  if (version !== undefined && source.kind === "files") {
    // A version may come from several indexes.
    const elsewhere = source.index !== undefined && sameName.some((entry) => entry?.version === version);
    return elsewhere ? { version, index: source.index } : { version };
  }
  switch (source.kind) {
    case "vcs":
      return { vcs: locationIn(source) };
    case "directory":
      return { directory: { path: source.path } };
    case "archive":
      return { archive: locationIn(source) };
    default:
      return {};
  }
}

function locationIn({ url, path }: { readonly url?: string; readonly path?: string }): TomlTable {
  return path === undefined ? { url } : { path };
}

/** Returns the value that most targets share, and under `other` the value of the rest. */
function joinPinMetadata(pinMetadata: readonly (readonly [target: string, fields: TomlTable])[]): TomlTable {
  const kinds = new Map<string, { readonly fields: TomlTable; readonly targets: string[] }>();
  for (const [target, fields] of pinMetadata) {
    const key = JSON.stringify(fields);
    const kind = kinds.get(key) ?? { fields, targets: [] };
    kinds.set(key, kind);
    kind.targets.push(target);
  }
  const [most, ...rest] = [...kinds.values()].sort((a, b) => b.targets.length - a.targets.length);
  const other = rest.map((kind) => ({ targets: kind.targets, ...kind.fields }));
  return { ...most?.fields, ...(other.length === 0 ? {} : { other }) };
}

function withoutDuplicates(markers: readonly ReturnType<MarkerFinder["describe"]>[]) {
  return [...new Map(markers.map((marker) => [markerText(marker), marker])).values()];
}

/**
 * Returns `requires-python` for the targets: `==3.14.*`, or a range from the oldest minor version to the newest. Which
 * versions of the range are targets follows from `environments`.
 */
function pythonsOf(targets: readonly BlueprintTarget[]): string {
  const versions = targets.map(({ python }) => parseVersion(python.version)).sort(compareVersions);
  const [oldest, newest] = [versions[0]?.release ?? [], versions.at(-1)?.release ?? []];
  if (oldest[0] === newest[0] && oldest[1] === newest[1]) return `==${oldest[0]}.${oldest[1]}.*`;
  return `>=${oldest[0]}.${oldest[1]},<${newest[0]}.${Number(newest[1] ?? 0) + 1}`;
}

/** Checks that a target selects exactly its entries. Anything else would be a bug. */
function checkSelection(lock: Pylock, selected: readonly LockedPackage[], wanted: readonly boolean[]): void {
  const entries = lock.packages.filter((_, index) => wanted[index]);
  if (selected.length === entries.length && selected.every((entry, index) => entry === entries[index]))
    return;
  throw new Error("the markers of the lock select other packages than were pinned");
}
