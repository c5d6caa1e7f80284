import type { Blueprint, BlueprintTarget, PackagePin, PinnedBuild } from "../../blueprint/blueprint.ts";
import { parseBlueprint } from "../../blueprint/parse-blueprint.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { markerEnvironment } from "../../pythons/marker-environment.ts";
import { parsePackageName } from "../../vocab/name.ts";
import { type PlatformName, platformNames } from "../../vocab/platform-name.ts";
import { isTable, type TomlTable } from "../../vocab/toml-value.ts";
import { tableReferredTo } from "./build-pool.ts";
import { chooseFile } from "./choose-file.ts";
import { readInterpreter } from "./interpreter-pin.ts";
import { KeyFault, textIn, textsIn } from "./key-fault.ts";
import { parseSource } from "./parse-source.ts";
import { askersOf } from "./pin-facts.ts";
import { pinOfEntry } from "./pin-of-entry.ts";
import { posyTableVersion, tagRanksOf } from "./posy-table.ts";
import type { LockedFile, LockedPackage, Pylock } from "./pylock.ts";
import { selectPackages } from "./select-packages.ts";

/**
 * The Blueprint that a lock was made of, without asking any index; undefined where it is no lock of Posy's. Folders are
 * looked at as they are now. `folder` is the lock's, absolute. Where it has targets of `only`, the others are left out. Throws `invalid-lock`, `invalid-blueprint`, `lock-mismatch`.
 */
export async function blueprintOfPylock(
  lock: Pylock,
  folder: string,
  only?: PlatformName,
): Promise<Blueprint | undefined> {
  const posy = lock.tool["posy"];
  if (!isTable(posy)) return undefined;
  if (posy["version"] !== posyTableVersion) {
    throw new PosyError(
      "invalid-lock",
      `the lock's \`tool.posy\` is of version \`${String(posy["version"])}\``,
      {
        hint: "it was made by another Posy: use that one, or lock again",
      },
    );
  }
  try {
    const all = tables(posy["targets"]);
    const some = all.filter(({ platform }) => platform === only);
    const targets: BlueprintTarget[] = [];
    for (const table of some.length > 0 ? some : all) targets.push(await targetOf(lock, table, posy, folder));
    return await parseBlueprint({ blueprintVersion: 1, targets });
  } catch (error) {
    if (!(error instanceof KeyFault)) throw error;
    throw new PosyError("invalid-lock", `the lock's \`tool.posy\` can't be read: ${error.message}`, {
      hint: "lock again",
      cause: error,
    });
  }
}

/** What the lock was made for (`LockOptions.fingerprint`); undefined where it does not say. */
export function fingerprintOfPylock({ tool }: Pylock): string | undefined {
  const posy = tool["posy"];
  const fingerprint = isTable(posy) ? posy["fingerprint"] : undefined;
  return typeof fingerprint === "string" ? fingerprint : undefined;
}

async function targetOf(
  lock: Pylock,
  table: TomlTable,
  posy: TomlTable,
  folder: string,
): Promise<BlueprintTarget> {
  const name = textIn(table, "name", []) ?? "";
  const platform = platformNames.find((each) => each === table["platform"]);
  if (platform === undefined) throw new KeyFault(["platform"], "a target has no platform that is known here");
  const python = isTable(table["python"]) ? readInterpreter(table["python"], platform) : undefined;
  // Before anything is worked out with it, it must be an interpreter.
  const [bare] = (
    await parseBlueprint({ blueprintVersion: 1, targets: [{ platform, python, packages: [] }] })
  ).targets;
  if (bare === undefined) throw new Error("a Blueprint keeps its targets");
  const ranks = tagRanksOf(bare.python);
  const artifacts = isTable(table["artifacts"]) ? table["artifacts"] : {};
  const packages: (Omit<PackagePin, "requiredBy"> & { readonly requiredBy?: readonly string[] })[] = [];
  for (const entry of selectPackages(lock, markerEnvironment(bare.python))) {
    const facts = factsOf(entry, name);
    const chosen = artifacts[entry.name];
    const file =
      entry.source.kind !== "files"
        ? undefined
        : chosen === undefined
          ? chooseFile(entry.source, ranks)
          : filesOf(entry).find((each) => each.name === chosen);
    if (entry.source.kind === "files" && file === undefined) {
      throw new PosyError("lock-mismatch", `the lock has no file of \`${entry.name}\` for \`${name}\``, {
        hint: "lock again",
      });
    }
    const pin = await pinOfEntry(entry, file, facts, folder);
    const build = await buildFor(entry.name, name, posy, folder);
    packages.push({ ...pin, ...requiredByIn(facts), ...(build && { build }) });
  }
  const askers = askersOf(
    packages.map((pin) => ({ ...pin, requiresDist: pin.metadata.requiresDist })),
    bare.python,
  );
  return {
    ...bare,
    packages: packages
      .map((pin) => ({ ...pin, requiredBy: pin.requiredBy ?? askers.get(pin.name) ?? [] }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function filesOf({ source }: LockedPackage): readonly LockedFile[] {
  return source.kind === "files" ? [...source.wheels, ...(source.sdist ? [source.sdist] : [])] : [];
}

/** What Posy says of the entry for one target. */
function factsOf(entry: LockedPackage, target: string): TomlTable {
  const posy = entry.tool["posy"];
  if (!isTable(posy)) return {};
  const { other, ...facts } = posy;
  return tables(other).find((each) => textsIn(each, "targets", []).includes(target)) ?? facts;
}

function requiredByIn(facts: TomlTable): { readonly requiredBy?: readonly string[] } {
  return facts["required-by"] === undefined ? {} : { requiredBy: textsIn(facts, "required-by", []) };
}

async function buildFor(
  name: string,
  target: string,
  posy: TomlTable,
  folder: string,
): Promise<PinnedBuild | undefined> {
  const table = tables(posy["builds"]).find(
    (each) => each["name"] === name && textsIn(each, "targets", []).includes(target),
  );
  return table && readBuild(table, tables(posy["build-packages"]), folder);
}

/** What `openBuildPool` wrote. */
async function readBuild(table: TomlTable, pool: readonly TomlTable[], folder: string): Promise<PinnedBuild> {
  const packages: PackagePin[] = [];
  for (const each of tables(table["packages"])) {
    packages.push(await readPin(tableReferredTo(each, pool), pool, folder));
  }
  return {
    packages,
    ...(table["unasked"] === true ? { unasked: true as const } : {}),
    ...(table["settings"] === undefined
      ? {}
      : { settings: table["settings"] as NonNullable<PinnedBuild["settings"]> }),
    ...(table["isolated"] === false ? { isolated: false as const } : {}),
  };
}

async function readPin(table: TomlTable, pool: readonly TomlTable[], folder: string): Promise<PackagePin> {
  const source = parseSource(table, [], false);
  const version = textIn(table, "version", []);
  const entry: LockedPackage = {
    name: parsePackageName(textIn(table, "name", []) ?? ""),
    ...(version === undefined ? {} : { version }),
    dependencies: [],
    source,
    attestationIdentities: [],
    tool: {},
  };
  const [file] = filesOf(entry);
  const pin = await pinOfEntry(entry, file, table, folder);
  const build = isTable(table["build"]) ? await readBuild(table["build"], pool, folder) : undefined;
  return { ...pin, requiredBy: textsIn(table, "required-by", []), ...(build && { build }) };
}

function tables(value: unknown): readonly TomlTable[] {
  return Array.isArray(value) ? value.filter(isTable) : [];
}
