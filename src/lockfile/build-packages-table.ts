import type { PackagePin, PinnedBuild } from "../model/index.ts";
import { isTable, optionalAt, refuseKey, textAt, type TomlTable } from "../toml/index.ts";
import { sourceEntries } from "./from-blueprint/format-pylock.ts";
import { filenameOf } from "./to-blueprint/parse-source.ts";
import { writePinMetadata } from "./pin-metadata-table.ts";
import { entryOfPin } from "./from-blueprint/source-of-pin.ts";

/** Collects the packages that are needed for builds, each once. */
interface BuildPackages {
  /** Returns how a package is built, with references to its build packages. */
  tableOf(build: PinnedBuild): TomlTable;
  /** Returns the entries of `[[tool.posy.build-packages]]`, sorted by their identifier. */
  entries(): readonly TomlTable[];
}

/**
 * Returns an empty collection for a lock in `folder` (absolute). Most builds need the same few packages, so each is
 * written once and referenced by its file name.
 */
export function openBuildPackages(folder: string): BuildPackages {
  const pool = new Map<string, { readonly text: string; readonly table: TomlTable }>();
  const idOf = (pin: PackagePin, table: TomlTable): string => {
    const text = JSON.stringify(table);
    for (let number = 1; ; number += 1) {
      const id = number === 1 ? pin.artifact.filename : `${pin.artifact.filename} ${number}`;
      const known = pool.get(id);
      if (known === undefined) pool.set(id, { text, table });
      if (known === undefined || known.text === text) return id;
    }
  };
  const referenceTo = (pin: PackagePin): TomlTable => {
    const { name, version, requiresPython, source } = entryOfPin(pin, undefined, folder);
    const pinMetadata = writePinMetadata(pin, [], requiresPython, folder);
    const { requested, extras, "required-by": requiredBy, ...rest } = pinMetadata;
    const table = { name, version, "requires-python": requiresPython, ...rest, ...sourceEntries(source) };
    return withoutMissing({
      id: idOf(pin, withoutMissing(table)),
      requested,
      extras,
      "required-by": requiredBy,
      build: pin.build && tableOf(pin.build),
    });
  };
  const tableOf = ({ unasked, isolated, settings, packages }: PinnedBuild): TomlTable =>
    withoutMissing({ unasked, isolated, settings, packages: packages.map(referenceTo) });
  return {
    tableOf,
    entries: () =>
      [...pool]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([id, { table }]) => (id === filenameIn(table) ? table : { id, ...table })),
  };
}

/** Returns the name of the one file of an entry, which is its identifier unless it has an `id`. */
function filenameIn({ sdist, wheels }: TomlTable): string | undefined {
  const file: unknown = Array.isArray(wheels) ? wheels[0] : sdist;
  if (!isTable(file)) return undefined;
  return optionalAt(file, "name", "", textAt) ?? filenameOf(locationIn(file));
}

function locationIn(file: TomlTable): { readonly url?: string; readonly path?: string } {
  const [url, path] = [optionalAt(file, "url", "", textAt), optionalAt(file, "path", "", textAt)];
  return { ...(url === undefined ? {} : { url }), ...(path === undefined ? {} : { path }) };
}

/**
 * Returns a function that completes a reference: it returns the fields of the referenced entry and those of the
 * reference. It throws a `KeyError` if there is no such entry. `entries` are `[[tool.posy.build-packages]]`.
 */
export function buildPackagesReader(entries: readonly TomlTable[]): (reference: TomlTable) => TomlTable {
  const byId = new Map<unknown, TomlTable>();
  for (const table of entries) {
    const id = table["id"] ?? filenameIn(table);
    if (!byId.has(id)) byId.set(id, table);
  }
  return (reference) => {
    const id = optionalAt(reference, "id", "", textAt);
    const entry = byId.get(id);
    if (entry === undefined) throw refuseKey("build-packages", `has no \`${id}\``);
    return { ...entry, ...reference };
  };
}

function withoutMissing(table: Readonly<Record<string, unknown>>): TomlTable {
  return Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined));
}
