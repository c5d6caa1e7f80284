import { join } from "node:path";
import type { PackagePin } from "../blueprint/blueprint.ts";
import { PosyError } from "../errors/posy-error.ts";
import type { PackageDB } from "../packages/package-db.ts";
import type { Reporter } from "../report/reporter.ts";
import { buildBeside } from "../system/files.ts";
import type { Home } from "../system/home.ts";
import { parseWheelFilename } from "../vocab/wheel-filename.ts";
import type { StoredWheel } from "./stored-wheel.ts";
import type { UnpackPool } from "./unpack-pool.ts";
import { readManifest } from "./wheel-manifest.ts";

export interface WheelStoreContext {
  readonly home: Home;
  readonly db: PackageDB;
  readonly reporter: Reporter;
}

/** Where wheels are unpacked, and what is being built there: to be waited for before giving up. */
export interface Planting {
  readonly pool: UnpackPool;
  readonly builds: Set<Promise<void>>;
}

/**
 * The SHA-256 of a pin's file. Where the pin has none (an index without hashes) the file is fetched to know it.
 * Throws `no-wheel` for an sdist.
 */
export async function wheelSha256(pin: PackagePin, db: PackageDB): Promise<string> {
  const { artifact } = pin;
  if (artifact.kind !== "wheel") {
    throw new PosyError(
      "no-wheel",
      `\`${pin.name} ${pin.version}\` has to be built from \`${artifact.filename}\``,
      {
        hint: "Posy can't build from source yet: ask for a version that has a wheel for this Python and platform",
      },
    );
  }
  const known = artifact.hashes["sha256"];
  return known !== undefined && /^[0-9a-f]{64}$/.test(known) ? known : (await fetchWheel(pin, db)).sha256;
}

/** The wheel where it is in the store already: one small file is read. */
export function storedWheel(pin: PackagePin, sha256: string, home: Home): StoredWheel | undefined {
  const dir = join(home.wheels, sha256);
  const manifest = readManifest(dir);
  return manifest === undefined ? undefined : { pin, sha256, dir, manifest };
}

/** Fetches and unpacks a wheel that the store does not have, or has damaged. */
export async function plantWheel(
  pin: PackagePin,
  sha256: string,
  { pool, builds }: Planting,
  { home, db, reporter }: WheelStoreContext,
): Promise<StoredWheel> {
  const local = await fetchWheel(pin, db);
  if (local.sha256 !== sha256) {
    throw new PosyError(
      "hash-mismatch",
      `\`${pin.artifact.filename}\` has another SHA-256 than it is pinned to`,
      {
        hint: "resolve again; if it stays so, tell those who run the index",
      },
    );
  }
  const dir = join(home.wheels, sha256);
  const { filename } = pin.artifact;
  const build = buildBeside(
    dir,
    home.dataTmp,
    async (into) => {
      const { warnings } = await pool.unpack({ archive: local.path, filename, into }, (done, total) =>
        reporter.report({
          kind: "progress",
          stage: "unpack",
          id: filename,
          done,
          total,
          finished: done === total,
        }),
      );
      for (const message of warnings) reporter.report({ kind: "warning", message, key: message });
    },
    isWhole,
  );
  builds.add(build);
  await build;
  const stored = storedWheel(pin, sha256, home);
  if (stored === undefined) {
    throw new PosyError("filesystem", `\`${dir}\` was taken away while it was used`, {
      hint: "run it again; do not clean the store meanwhile",
    });
  }
  return stored;
}

/** What has no manifest is a ruin. */
const isWhole = (dir: string) => readManifest(dir) !== undefined;

function fetchWheel(pin: PackagePin, db: PackageDB) {
  const { artifact } = pin;
  const wheel = parseWheelFilename(artifact.filename);
  return db.fetch({
    kind: "wheel",
    filename: artifact.filename,
    name: wheel.name,
    version: wheel.version,
    wheel,
    url: artifact.url,
    hashes: artifact.hashes,
    yanked: false,
    ...(artifact.size === undefined ? {} : { size: artifact.size }),
    ...(artifact.index === undefined ? {} : { index: artifact.index }),
  });
}
