import {
  type Blueprint,
  type BlueprintTarget,
  type PackagePin,
  parseBlueprint,
  parsePin,
  type PinnedBuild,
} from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { markerEnvironment, tagRanksOf } from "../../pythons/compatibility/index.ts";
import { parsePackageName } from "../../vocab/requirement/index.ts";
import { type PlatformName, platformNames } from "../../vocab/tags/index.ts";
import { isTable, SchemaError, textIn, textsIn, type TomlTable } from "../../toml/index.ts";
import { buildPackagesReader } from "../build-packages-table.ts";
import { chooseFile } from "../choose-file.ts";
import { readInterpreter } from "../interpreter-pin.ts";
import { checkFilenames, parseSource } from "./parse-source.ts";
import { askersOf } from "../pin-metadata-table.ts";
import { pinOfEntry } from "./pin-of-entry.ts";
import { posyTableVersion } from "../posy-table.ts";
import type { LockedFile, LockedPackage, Pylock } from "../pylock.ts";
import { selectPackages } from "../select-packages.ts";

/**
 * Returns the Blueprint that a lock was made from, without asking any index. Undefined if it is not a lock of Posy.
 * Folders are read as they are now. `folder` is the absolute folder of the lock. If the lock has targets in `only`,
 * the others are left out. Throws `invalid-lock`, `invalid-blueprint`, `lock-mismatch`.
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
    const reader = new TargetReader(lock, posy, folder);
    const targets: BlueprintTarget[] = [];
    for (const table of some.length > 0 ? some : all) targets.push(await reader.target(table));
    return { blueprintVersion: 1, targets };
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
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

/** Reads targets one after another: what they have alike is read and checked once. */
class TargetReader {
  private readonly lock: Pylock;
  private readonly folder: string;
  private readonly builds: readonly TomlTable[];
  private readonly inPool: ReturnType<typeof buildPackagesReader>;
  private readonly knownBuilds = new Map<TomlTable, Promise<PinnedBuild>>();
  private readonly knownPins = new Map<LockedPackage, KnownPin[]>();

  constructor(lock: Pylock, posy: TomlTable, folder: string) {
    this.lock = lock;
    this.folder = folder;
    this.builds = tables(posy["builds"]);
    this.inPool = buildPackagesReader(tables(posy["build-packages"]));
  }

  async target(table: TomlTable): Promise<BlueprintTarget> {
    const name = textIn(table, "name", []) ?? "";
    const platform = platformNames.find((each) => each === table["platform"]);
    if (platform === undefined)
      throw new SchemaError(["platform"], "a target has no platform that is known here");
    const python = isTable(table["python"]) ? readInterpreter(table["python"], platform) : undefined;
    // Validated first, since the steps below rely on a valid interpreter.
    const [bare] = (
      await parseBlueprint({ blueprintVersion: 1, targets: [{ platform, python, packages: [] }] })
    ).targets;
    if (bare === undefined) throw new Error("a Blueprint keeps its targets");
    // No machine is passed: the meaning of a lock must not depend on where it is read.
    const ranks = tagRanksOf(bare.python);
    const artifacts = isTable(table["artifacts"]) ? table["artifacts"] : {};
    const read: KnownPin[] = [];
    for (const entry of selectPackages(this.lock, markerEnvironment(bare.python))) {
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
      const build = this.builds.find(
        (each) => each["name"] === entry.name && textsIn(each, "targets", []).includes(name),
      );
      read.push(await this.pin(entry, file, factsOf(entry, name), build));
    }
    const askers = askersOf(
      read.map(({ pin }) => ({ ...pin, requiresDist: pin.metadata.requiresDist })),
      bare.python,
    );
    const packages = read.map(({ pin, saysAskers }) =>
      saysAskers ? pin : { ...pin, requiredBy: askers.get(pin.name) ?? [] },
    );
    return { ...bare, packages: packages.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  }

  private async pin(
    entry: LockedPackage,
    file: LockedFile | undefined,
    facts: TomlTable,
    build: TomlTable | undefined,
  ): Promise<KnownPin> {
    const known = this.knownPins.get(entry) ?? [];
    this.knownPins.set(entry, known);
    const same = known.find((each) => each.file === file && each.facts === facts && each.build === build);
    if (same !== undefined) return same;
    const pinned = build && (await this.build(build));
    const pin = await parsePin({
      ...(await pinOfEntry(entry, file, facts, this.folder)),
      requiredBy: textsIn(facts, "required-by", []),
      ...(pinned && { build: pinned }),
    });
    const made = { file, facts, build, pin, saysAskers: facts["required-by"] !== undefined };
    known.push(made);
    return made;
  }

  private build(table: TomlTable): Promise<PinnedBuild> {
    const known = this.knownBuilds.get(table) ?? this.readBuild(table);
    this.knownBuilds.set(table, known);
    return known;
  }

  /** What `openBuildPool` wrote. */
  private async readBuild(table: TomlTable): Promise<PinnedBuild> {
    const packages: PackagePin[] = [];
    for (const each of tables(table["packages"])) packages.push(await this.readPin(this.inPool(each)));
    return {
      packages,
      ...(table["unasked"] === true ? { unasked: true as const } : {}),
      ...(table["settings"] === undefined
        ? {}
        : { settings: table["settings"] as NonNullable<PinnedBuild["settings"]> }),
      ...(table["isolated"] === false ? { isolated: false as const } : {}),
    };
  }

  private async readPin(table: TomlTable): Promise<PackagePin> {
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
    checkFilenames(entry, source, []);
    const [file] = filesOf(entry);
    const pin = await pinOfEntry(entry, file, table, this.folder);
    const build = isTable(table["build"]) ? await this.readBuild(table["build"]) : undefined;
    return { ...pin, requiredBy: textsIn(table, "required-by", []), ...(build && { build }) };
  }
}

/** A pin, checked, and what it was read of. Who asked for it may be another for each target. */
interface KnownPin {
  readonly file: LockedFile | undefined;
  readonly facts: TomlTable;
  readonly build: TomlTable | undefined;
  readonly pin: PackagePin;
  readonly saysAskers: boolean;
}

function filesOf({ source }: LockedPackage): readonly LockedFile[] {
  return source.kind === "files" ? [...source.wheels, ...(source.sdist ? [source.sdist] : [])] : [];
}

/** What Posy says of the entry for one target: the same object for all that it says the same of. */
function factsOf(entry: LockedPackage, target: string): TomlTable {
  const posy = entry.tool["posy"];
  if (!isTable(posy)) return nothing;
  return tables(posy["other"]).find((each) => textsIn(each, "targets", []).includes(target)) ?? posy;
}

const nothing: TomlTable = {};

function tables(value: unknown): readonly TomlTable[] {
  return Array.isArray(value) ? value.filter(isTable) : [];
}
