import type { PackagePin, PinnedBuild } from "../model/index.ts";
import { isTable, SchemaError, textIn, type TomlTable } from "../toml/index.ts";
import { sourceEntries } from "./from-blueprint/format-pylock.ts";
import { filenameOf } from "./to-blueprint/parse-source.ts";
import { writePinMetadata } from "./pin-metadata-table.ts";
import { entryOfPin } from "./from-blueprint/source-of-pin.ts";

/** The fields of a build package that are the same wherever it is used. */
interface BuildPool {
  /** How a package is built, with references to the packages that build it. */
  tableOf(build: PinnedBuild): TomlTable;
  /** `[[tool.posy.build-packages]]`: each of them once, by name. */
  entries(): readonly TomlTable[];
}

/** Most builds need the same few packages: each is written once, and referenced by its file. */
export function openBuildPackages(folder: string): BuildPool {
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
    const facts = writePinMetadata(pin, [], requiresPython);
    const { requested, extras, "required-by": requiredBy, ...rest } = facts;
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

/** The one file that a table of the pool has: its name is what it is known by. */
function filenameIn({ sdist, wheels }: TomlTable): string | undefined {
  const file: unknown = Array.isArray(wheels) ? wheels[0] : sdist;
  if (!isTable(file)) return undefined;
  return textIn(file, "name", []) ?? filenameOf(placeIn(file));
}

function placeIn(file: TomlTable): { readonly url?: string; readonly path?: string } {
  const [url, path] = [textIn(file, "url", []), textIn(file, "path", [])];
  return { ...(url === undefined ? {} : { url }), ...(path === undefined ? {} : { path }) };
}

/** Looks up the table that a reference (`referenceTo`) means; what it gives also has what the reference says. */
export function buildPackagesReader(pool: readonly TomlTable[]): (reference: TomlTable) => TomlTable {
  const byId = new Map<unknown, TomlTable>();
  for (const table of pool) {
    const id = table["id"] ?? filenameIn(table);
    if (!byId.has(id)) byId.set(id, table);
  }
  return (reference) => {
    const id = textIn(reference, "id", []);
    const found = byId.get(id);
    if (found === undefined) throw new SchemaError(["build-packages"], `\`build-packages\` has no \`${id}\``);
    return { ...found, ...reference };
  };
}

function withoutMissing(table: Readonly<Record<string, unknown>>): TomlTable {
  return Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined));
}
