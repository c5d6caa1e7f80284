import { existsSync } from "node:fs";
import { join } from "node:path";
import { artifactOfPin, type BlueprintTarget, type PackagePin } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { PackageDB } from "../../packages/index.ts";
import type { Reporter } from "../../report/reporter.ts";
import { timed } from "../../report/timings.ts";
import { type Home, publishEntry, stateOf, storesOf } from "../../system/fs/index.ts";
import type { StoredWheel } from "./stored-wheel.ts";
import type { UnpackPool } from "./unpack/unpack-pool.ts";
import type { WheelBuilder } from "./wheel-builder.ts";
import { readManifest } from "./wheel-manifest.ts";

export interface WheelStoreContext {
  readonly home: Home;
  readonly db: PackageDB;
  readonly reporter: Reporter;
}

/** The threads that unpack wheels, and the unfinished store entries, which must be awaited even after a failure. */
export interface InstallJob {
  readonly pool: UnpackPool;
  readonly builds: Set<Promise<void>>;
  /** Hash all files of an existing entry before it is kept, since it was damaged in a way that only this shows. */
  readonly full?: boolean;
}

/** The wheel that is installed for a pin: the file that the pin names, or the wheel that was built from it. */
export interface ChosenWheel {
  readonly pin: PackagePin;
  readonly filename: string;
  readonly sha256: string;
  /** Path of the wheel if it was built. */
  readonly built?: string;
}

/**
 * Returns the wheel of a pin. If the pin has no SHA-256 (an index without hashes), the file is fetched to compute it. A
 * source is built, unless the builder has its wheel already. Throws `no-wheel` for a source if there is no builder.
 */
export async function chooseWheel(
  pin: PackagePin,
  target: BlueprintTarget,
  { db }: WheelStoreContext,
  builder: WheelBuilder | undefined,
): Promise<ChosenWheel> {
  const { artifact } = pin;
  if (artifact.kind === "wheel") {
    const { filename } = artifact;
    const pinned = artifact.hashes["sha256"];
    const isPinned = pinned !== undefined && /^[0-9a-f]{64}$/.test(pinned);
    return { pin, filename, sha256: isPinned ? pinned : (await db.fetch(artifactOfPin(pin))).sha256 };
  }
  if (builder === undefined) {
    throw new PosyError(
      "no-wheel",
      `\`${pin.name} ${pin.version}\` has to be built from \`${artifact.filename}\`, and nothing here builds`,
      {
        hint: "ask for a version that has a wheel for this Python and platform",
      },
    );
  }
  const { path, filename, sha256 } = await builder.wheel(pin, target);
  return { pin, filename, sha256, built: path };
}

/** The absolute folders in which a wheel may be stored, by its SHA-256. */
export function wheelFolders(sha256: string, home: Home): readonly string[] {
  return storesOf(home).map(({ wheels }) => join(wheels, sha256));
}

/**
 * Returns the wheel if it is in one of these folders, and no power cut can have damaged it. The default are the folders
 * of all stores. Reads one or two small files for each.
 */
export function storedWheel(
  { pin, sha256 }: ChosenWheel,
  home: Home,
  folders = wheelFolders(sha256, home),
): StoredWheel | undefined {
  for (const dir of folders) {
    const manifest = readManifest(dir);
    if (manifest !== undefined && stateOf(dir, home) !== "unverified") return { pin, sha256, dir, manifest };
  }
  return undefined;
}

/**
 * Fetches and unpacks a wheel that is missing in the store or damaged there. Another Posy may remove the wheel or its
 * archive meanwhile: then it is fetched and unpacked again.
 */
export async function installWheel(
  wheel: ChosenWheel,
  job: InstallJob,
  context: WheelStoreContext,
  attempts = 3,
): Promise<StoredWheel> {
  const { pool, builds, full = false } = job;
  const { home, db, reporter } = context;
  const { pin, filename, sha256 } = wheel;
  const archive = wheel.built ?? (await fetchPinned(pin, sha256, db));
  const dir = join(home.wheels, sha256);
  // Another process may have unpacked it meanwhile. A damaged entry is replaced.
  const isWhole = async () =>
    readManifest(dir) !== undefined &&
    (await pool.verify({ verify: "wheel", path: dir, full })).every(({ kind }) => kind === "added");
  const build = publishEntry(
    dir,
    home.dataTmp,
    async (into) => {
      const { warnings } = await timed(reporter, "unpack", filename, () =>
        pool.unpack({ archive, filename, into }, (done, total) =>
          reporter.report({
            kind: "progress",
            stage: "unpack",
            id: filename,
            done,
            total,
            finished: done === total,
          }),
        ),
      );
      for (const message of warnings) reporter.report({ kind: "warning", message, key: message });
    },
    { isWhole },
  );
  builds.add(build);
  const failure = await build.then(
    () => undefined,
    (error: unknown) => error,
  );
  const isArchiveThere = existsSync(archive);
  if (failure !== undefined && isArchiveThere) throw failure;
  const stored = storedWheel(wheel, home, [dir]);
  if (stored !== undefined) return stored;
  if (attempts > 1) {
    if (!isArchiveThere) await discardArchive(wheel, db);
    return installWheel(wheel, job, context, attempts - 1);
  }
  if (failure !== undefined) throw failure;
  throw new PosyError("filesystem", `\`${dir}\` was removed while it was used`, {
    hint: "run it again; do not clean the store meanwhile",
  });
}

/** Removes the archive of an unpacked wheel from the cache. A wheel that was built stays: it belongs to its build. */
export async function discardArchive(
  { pin: { artifact } }: Pick<ChosenWheel, "pin">,
  db: Pick<PackageDB, "discard">,
): Promise<void> {
  if (artifact.kind === "wheel") await db.discard(artifact);
}

async function fetchPinned(pin: PackagePin, sha256: string, db: PackageDB): Promise<string> {
  const local = await db.fetch(artifactOfPin(pin));
  if (local.sha256 === sha256) return local.path;
  throw new PosyError(
    "hash-mismatch",
    `\`${pin.artifact.filename}\` has another SHA-256 than it is pinned to`,
    {
      hint: "resolve again; if it stays so, tell those who run the index",
    },
  );
}
