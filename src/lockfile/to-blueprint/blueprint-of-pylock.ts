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
import {
  isTable,
  KeyError,
  optionalAt,
  refuseKey,
  textAt,
  textsAt,
  type TomlTable,
} from "../../toml/index.ts";
import { buildPackagesReader } from "../build-packages-table.ts";
import { chooseFile } from "../choose-file.ts";
import { readInterpreter } from "../interpreter-pin.ts";
import { checkFilenames, parseSource } from "./parse-source.ts";
import { requiringPins } from "../pin-metadata-table.ts";
import { pinOfEntry } from "./pin-of-entry.ts";
import { type LockedLists, readListsTable } from "../locked-lists.ts";
import { posyTableVersion } from "../posy-table.ts";
import type { LockedFile, LockedPackage, Pylock } from "../pylock.ts";
import { type LockChoice, selectPackages } from "../select-packages.ts";

/**
 * Returns the Blueprint that a lock was made from, without asking any index. Undefined if it is not a lock of Posy.
 * Folders are read as they are now. `folder` is the absolute folder of the lock. If the lock has targets in `only`,
 * the others are left out. Extras and groups are left out, too. Throws `invalid-lock`, `invalid-blueprint`,
 * `lock-mismatch`.
 */
export async function blueprintOfPylock(
  lock: Pylock,
  folder: string,
  only?: PlatformName,
): Promise<Blueprint | undefined> {
  return readPosyTable(lock, (posy) => new TargetReader(lock, posy, folder).blueprint(only));
}

/** What a lock of Posy holds. */
export interface LockContent {
  /** The environment, without extras and groups. */
  readonly blueprint: Blueprint;
  /** The extras and groups, with their packages. Undefined if there are none, or if an older Posy made the lock. */
  readonly lists: LockedLists | undefined;
}

/**
 * Returns the Blueprint of a lock together with its extras and groups. The arguments and errors are those of
 * `blueprintOfPylock`.
 */
export async function contentOfPylock(
  lock: Pylock,
  folder: string,
  only?: PlatformName,
): Promise<LockContent | undefined> {
  return readPosyTable(lock, async (posy) => {
    const reader = new TargetReader(lock, posy, folder);
    const blueprint = await reader.blueprint(only);
    const lists = readListsTable(posy);
    if (lists === undefined) return { blueprint, lists };
    const choice = { extras: lock.extras, groups: lock.dependencyGroups };
    return { blueprint, lists: { ...lists, whole: await reader.blueprint(only, choice) } };
  });
}

async function readPosyTable<Value>(
  lock: Pylock,
  read: (posy: TomlTable) => Promise<Value | undefined>,
): Promise<Value | undefined> {
  const posy = lock.tool["posy"];
  if (!isTable(posy)) return undefined;
  if (posy["version"] !== posyTableVersion) {
    throw new PosyError(
      "invalid-lock",
      `\`tool.posy\` of the lock has format version \`${String(posy["version"])}\`, and this Posy reads ${posyTableVersion}`,
      {
        hint: "use the version of Posy that wrote it, or run `posy lock` to create it again",
      },
    );
  }
  try {
    return await read(posy);
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    throw new PosyError(
      "invalid-lock",
      `\`tool.posy\` of the lock can't be read: \`${error.key}\` ${error.reason}`,
      {
        hint: "run `posy lock` to create it again",
        cause: error,
      },
    );
  }
}

/** Returns the fingerprint of a lock (`LockOptions.fingerprint`). Undefined if it has none. */
export function fingerprintOfPylock({ tool }: Pylock): string | undefined {
  const posy = tool["posy"];
  const fingerprint = isTable(posy) ? posy["fingerprint"] : undefined;
  return typeof fingerprint === "string" ? fingerprint : undefined;
}

/**
 * Returns the fingerprint of the extras and groups of a lock. Undefined if it has none, or if an older Posy made it.
 */
export function listsFingerprintOfPylock({ tool }: Pylock): string | undefined {
  const posy = tool["posy"];
  const fingerprint = isTable(posy) ? posy["lists-fingerprint"] : undefined;
  return typeof fingerprint === "string" ? fingerprint : undefined;
}

/** Reads the targets of a lock one after another. What several targets share is read and checked once. */
class TargetReader {
  private readonly lock: Pylock;
  private readonly folder: string;
  private readonly posy: TomlTable;
  private readonly builds: readonly TomlTable[];
  private readonly withBuildPackage: ReturnType<typeof buildPackagesReader>;
  private readonly knownBuilds = new Map<TomlTable, Promise<PinnedBuild>>();
  private readonly knownPins = new Map<LockedPackage, KnownPin[]>();

  constructor(lock: Pylock, posy: TomlTable, folder: string) {
    this.lock = lock;
    this.posy = posy;
    this.folder = folder;
    this.builds = tables(posy["builds"]);
    this.withBuildPackage = buildPackagesReader(tables(posy["build-packages"]));
  }

  /** Reads the targets of a platform; all of them if the lock has none of it. */
  async blueprint(only: PlatformName | undefined, choice?: LockChoice): Promise<Blueprint> {
    const all = tables(this.posy["targets"]);
    const wanted = all.filter(({ platform }) => platform === only);
    const targets: BlueprintTarget[] = [];
    for (const table of wanted.length > 0 ? wanted : all) targets.push(await this.target(table, choice));
    return { blueprintVersion: 1, targets };
  }

  private async target(table: TomlTable, choice: LockChoice | undefined): Promise<BlueprintTarget> {
    const name = optionalAt(table, "name", "targets", textAt) ?? "";
    const platform = platformNames.find((name) => name === table["platform"]);
    if (platform === undefined) throw refuseKey("targets.platform", "is missing or unknown");
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
    for (const entry of selectPackages(this.lock, markerEnvironment(bare.python), choice)) {
      const chosen = artifacts[entry.name];
      const file =
        entry.source.kind !== "files"
          ? undefined
          : chosen === undefined
            ? chooseFile(entry.source, ranks)
            : filesOf(entry).find((candidate) => candidate.name === chosen);
      if (entry.source.kind === "files" && file === undefined) {
        throw new PosyError("lock-mismatch", `the lock has no file of \`${entry.name}\` for \`${name}\``, {
          hint: "run `posy lock` to create it again",
        });
      }
      const build = this.builds.find(
        (candidate) =>
          candidate["name"] === entry.name && textsAt(candidate["targets"] ?? [], "targets").includes(name),
      );
      read.push(await this.pin(entry, file, pinMetadataOf(entry, name), build));
    }
    const requiredBy = requiringPins(
      read.map(({ pin }) => ({ ...pin, requiresDist: pin.metadata.requiresDist })),
      bare.python,
    );
    const packages = read.map(({ pin, hasRequiredBy }) =>
      hasRequiredBy ? pin : { ...pin, requiredBy: requiredBy.get(pin.name) ?? [] },
    );
    return { ...bare, packages: packages.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  }

  private async pin(
    entry: LockedPackage,
    file: LockedFile | undefined,
    pinMetadata: TomlTable,
    build: TomlTable | undefined,
  ): Promise<KnownPin> {
    const known = this.knownPins.get(entry) ?? [];
    this.knownPins.set(entry, known);
    const same = known.find(
      (candidate) =>
        candidate.file === file && candidate.pinMetadata === pinMetadata && candidate.build === build,
    );
    if (same !== undefined) return same;
    const pinned = build && (await this.build(build));
    const pin = await parsePin({
      ...(await pinOfEntry(entry, file, pinMetadata, this.folder)),
      requiredBy: textsAt(pinMetadata["required-by"] ?? [], "required-by"),
      ...(pinned && { build: pinned }),
    });
    const hasRequiredBy = pinMetadata["required-by"] !== undefined;
    const knownPin = { file, pinMetadata, build, pin, hasRequiredBy };
    known.push(knownPin);
    return knownPin;
  }

  private build(table: TomlTable): Promise<PinnedBuild> {
    const known = this.knownBuilds.get(table) ?? this.readBuild(table);
    this.knownBuilds.set(table, known);
    return known;
  }

  /** Reads what `openBuildPackages` wrote. */
  private async readBuild(table: TomlTable): Promise<PinnedBuild> {
    const packages: PackagePin[] = [];
    for (const reference of tables(table["packages"]))
      packages.push(await this.readPin(this.withBuildPackage(reference)));
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
    const source = parseSource(table, "", false);
    const version = optionalAt(table, "version", "", textAt);
    const entry: LockedPackage = {
      name: parsePackageName(optionalAt(table, "name", "", textAt) ?? ""),
      ...(version === undefined ? {} : { version }),
      dependencies: [],
      source,
      attestationIdentities: [],
      tool: {},
    };
    checkFilenames(entry, source, "");
    const [file] = filesOf(entry);
    const pin = await pinOfEntry(entry, file, table, this.folder);
    const build = isTable(table["build"]) ? await this.readBuild(table["build"]) : undefined;
    return {
      ...pin,
      requiredBy: textsAt(table["required-by"] ?? [], "required-by"),
      ...(build && { build }),
    };
  }
}

/** A checked pin and what it was read from. `pin.requiredBy` may still differ between targets. */
interface KnownPin {
  readonly file: LockedFile | undefined;
  readonly pinMetadata: TomlTable;
  readonly build: TomlTable | undefined;
  readonly pin: PackagePin;
  /** The lock has `required-by`, so it need not be computed from the metadata. */
  readonly hasRequiredBy: boolean;
}

function filesOf({ source }: LockedPackage): readonly LockedFile[] {
  return source.kind === "files" ? [...source.wheels, ...(source.sdist ? [source.sdist] : [])] : [];
}

/** Returns `tool.posy` of an entry for one target. Targets with equal values get the same object. */
function pinMetadataOf(entry: LockedPackage, target: string): TomlTable {
  const posy = entry.tool["posy"];
  if (!isTable(posy)) return emptyTable;
  return (
    tables(posy["other"]).find((other) => textsAt(other["targets"] ?? [], "targets").includes(target)) ?? posy
  );
}

const emptyTable: TomlTable = {};

function tables(value: unknown): readonly TomlTable[] {
  return Array.isArray(value) ? value.filter(isTable) : [];
}
