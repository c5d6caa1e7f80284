import type { Blueprint, BlueprintTarget, PackagePin } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { markerEnvironment } from "../../pythons/compatibility/index.ts";
import type { TomlTable } from "../../toml/index.ts";
import { compareVersions, parseVersion } from "../../vocab/version/index.ts";
import { type FileTeller, filesOfRelease } from "../files-of-release.ts";
import { markerText } from "./format-pylock.ts";
import { askersOf, writePinMetadata } from "../pin-metadata-table.ts";
import { posyTable } from "../posy-table.ts";
import type { LockedPackage, Pylock } from "../pylock.ts";
import { type MarkerFinder, openMarkerFinder } from "../select-marker.ts";
import { selectPackages } from "../select-packages.ts";
import { entryOfPin } from "./source-of-pin.ts";
import { nameTargets } from "../target-name.ts";

export interface LockOptions {
  /** The lock's folder, absolute: what lies on this disk is named by its path from there. */
  readonly folder: string;
  /** What it is locked for (`fingerprintOfBrief`): a lock with another one is of another Brief. */
  readonly fingerprint?: string;
  /** Tells the other files of the versions that are pinned; without it a lock has the pinned ones alone. */
  readonly db?: FileTeller;
}

/** The content of one entry: a version or a direct URL, and the targets that use it. */
interface Row {
  readonly name: string;
  readonly pins: Map<number, PackagePin>;
}

/**
 * A Blueprint as a lock file for all its targets (PEP 751). A package that targets have in different versions has an entry
 * for each, with the shortest markers that tell the targets apart; that each target gets exactly its pins is
 * proven before it is returned. Throws `indistinct-targets` where no marker can do that.
 */
export async function lockOfBlueprint(blueprint: Blueprint, options: LockOptions): Promise<Pylock> {
  const { targets } = blueprint;
  const names = nameTargets(targets);
  const environments = targets.map(({ python }) => markerEnvironment(python));
  const finder = openMarkerFinder(environments);
  const rows = rowsOf(targets);
  const askers = targets.map(({ packages, python }) =>
    askersOf(
      packages.map(({ name, extras, metadata }) => ({ name, extras, requiresDist: metadata.requiresDist })),
      python,
    ),
  );
  const entries = await Promise.all(rows.map((row) => entryOf(row, targets, finder, names, options)));
  const asked = askedByName(rows);
  const packages = rows.map((row, index): LockedPackage => {
    const entry = entries[index] as LockedPackage;
    const facts = [...row.pins].map(([place, pin]): readonly [string, TomlTable] => [
      names[place] ?? "",
      writePinMetadata(pin, askers[place]?.get(pin.name) ?? [], entry.requiresPython),
    ]);
    const posy = joinFacts(facts);
    return {
      ...entry,
      dependencies: dependenciesOf(row, asked.get(row.name) ?? [], rows, entries),
      tool: Object.keys(posy).length === 0 ? {} : { posy },
    };
  });
  const lock: Pylock = {
    lockVersion: "1.0",
    environments: withoutTwins(targets.map((_, place) => finder.describe(place))),
    requiresPython: pythonsOf(targets),
    extras: [],
    dependencyGroups: [],
    defaultGroups: [],
    createdBy: "posy",
    packages,
    tool: { posy: posyTable(targets, names, packages, options) },
  };
  for (const [place, environment] of environments.entries()) {
    prove(
      lock,
      selectPackages(lock, environment),
      rows.map((row) => row.pins.has(place)),
    );
  }
  return lock;
}

/** Sorted by name, then from the newest version to the oldest. */
function rowsOf(targets: readonly BlueprintTarget[]): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const [place, { packages }] of targets.entries()) {
    for (const pin of packages) {
      const { artifact } = pin;
      const identity = artifact.direct ? artifact.url : `${pin.version} ${artifact.index ?? ""}`;
      const key = `${pin.name} ${identity}`;
      const row = rows.get(key) ?? { name: pin.name, pins: new Map<number, PackagePin>() };
      rows.set(key, row);
      row.pins.set(place, pin);
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
  finder: MarkerFinder,
  names: readonly string[],
  { folder, db }: LockOptions,
): Promise<LockedPackage> {
  const places = [...row.pins.keys()];
  const pins = [...row.pins.values()];
  const pin = firstOf(row);
  const marker = finder.find(places);
  if (marker === undefined) {
    throw new PosyError(
      "indistinct-targets",
      `\`${row.name} ${pin.version}\` is for ${places.map((place) => `\`${names[place]}\``).join(", ")} only, which no marker tells from the lock's other targets`,
      {
        hint: "lock those that look alike (glibc and musl, with and without the global lock) in a file each",
      },
    );
  }
  const listed = pin.artifact.direct !== true;
  const artifacts = pins.map(({ artifact }) => artifact);
  const pythons = places.flatMap((place) => targets[place]?.python ?? []);
  const files = listed
    ? await filesOfRelease(row.name, pin.version, artifacts, pythons, db ?? nothing)
    : undefined;
  const { requiresPython, ...entry } = entryOfPin(pin, files, folder);
  const agreed = pins.every(({ metadata }) => metadata.requiresPython === pin.metadata.requiresPython);
  return {
    ...entry,
    ...(marker === "all" ? {} : { marker }),
    ...(agreed && requiresPython !== undefined ? { requiresPython } : {}),
  };
}

const nothing: FileTeller = {
  project: (name) => Promise.resolve({ name, found: false, releases: [], lookedIn: [], setAside: [] }),
};

/** By name, the places in `rows` of what packages of that name ask for on some target. */
function askedByName(rows: readonly Row[]): ReadonlyMap<string, readonly number[]> {
  const asked = new Map<string, number[]>();
  for (const [index, { pins }] of rows.entries()) {
    for (const asker of new Set([...pins.values()].flatMap(({ requiredBy }) => requiredBy))) {
      const own = asked.get(asker);
      if (own === undefined) asked.set(asker, [index]);
      else own.push(index);
    }
  }
  return asked;
}

/** The entries that it asks for on some target, each with what tells it from others of its name. */
function dependenciesOf(
  row: Row,
  asked: readonly number[],
  rows: readonly Row[],
  entries: readonly LockedPackage[],
): readonly TomlTable[] {
  const dependencies: TomlTable[] = [];
  for (const index of asked) {
    const [other, entry] = [rows[index], entries[index]];
    if (other === undefined || entry === undefined) continue;
    const together = [...other.pins].some(
      ([place, pin]) => row.pins.has(place) && pin.requiredBy.includes(row.name),
    );
    if (!together) continue;
    // Those of one name stand together.
    const twins = [entries[index - 1], entries[index + 1]].filter((each) => each?.name === other.name);
    const telling = twins.length === 0 ? {} : whatTellsIt(entry, twins);
    dependencies.push({ name: other.name, ...telling });
  }
  return dependencies;
}

function whatTellsIt(
  { version, source }: LockedPackage,
  twins: readonly (LockedPackage | undefined)[],
): TomlTable {
  if (version !== undefined && source.kind === "files") {
    // A version may come from several indexes.
    const elsewhere = source.index !== undefined && twins.some((each) => each?.version === version);
    return elsewhere ? { version, index: source.index } : { version };
  }
  switch (source.kind) {
    case "vcs":
      return { vcs: placeIn(source) };
    case "directory":
      return { directory: { path: source.path } };
    case "archive":
      return { archive: placeIn(source) };
    default:
      return {};
  }
}

function placeIn({ url, path }: { readonly url?: string; readonly path?: string }): TomlTable {
  return path === undefined ? { url } : { path };
}

/** Returns the value that most targets share, and under `other` the value of the rest. */
function joinFacts(facts: readonly (readonly [target: string, facts: TomlTable])[]): TomlTable {
  const kinds = new Map<string, { readonly facts: TomlTable; readonly targets: string[] }>();
  for (const [target, each] of facts) {
    const key = JSON.stringify(each);
    const kind = kinds.get(key) ?? { facts: each, targets: [] };
    kinds.set(key, kind);
    kind.targets.push(target);
  }
  const [most, ...rest] = [...kinds.values()].sort((a, b) => b.targets.length - a.targets.length);
  const other = rest.map((kind) => ({ targets: kind.targets, ...kind.facts }));
  return { ...most?.facts, ...(other.length === 0 ? {} : { other }) };
}

function withoutTwins(markers: readonly ReturnType<MarkerFinder["describe"]>[]) {
  return [...new Map(markers.map((marker) => [markerText(marker), marker])).values()];
}

/** `==3.14.*`, or from the oldest minor version to the newest: which of those between, the environments say. */
function pythonsOf(targets: readonly BlueprintTarget[]): string {
  const versions = targets.map(({ python }) => parseVersion(python.version)).sort(compareVersions);
  const [oldest, newest] = [versions[0]?.release ?? [], versions.at(-1)?.release ?? []];
  if (oldest[0] === newest[0] && oldest[1] === newest[1]) return `==${oldest[0]}.${oldest[1]}.*`;
  return `>=${oldest[0]}.${oldest[1]},<${newest[0]}.${Number(newest[1] ?? 0) + 1}`;
}

function prove(lock: Pylock, selected: readonly LockedPackage[], wanted: readonly boolean[]): void {
  const entries = lock.packages.filter((_, index) => wanted[index]);
  if (selected.length === entries.length && selected.every((entry, index) => entry === entries[index]))
    return;
  throw new Error("the markers of the lock select other packages than were pinned");
}
