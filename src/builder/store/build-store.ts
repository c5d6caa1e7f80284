import { rename } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  type BlueprintTarget,
  formatBlueprint,
  type Interpreter,
  type PackagePin,
  parseBlueprint,
  type PinnedBuild,
} from "../../model/index.ts";
import { interpreterIdentity } from "../../forest/envs/index.ts";
import type { BuiltWheel } from "../../forest/wheels/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { hostPlatformTag } from "../../pythons/compatibility/index.ts";
import {
  type Home,
  publishEntry,
  settleOrRemember,
  sha256Of,
  sha256OfFile,
  stateOf,
  storesOf,
  textIfThere,
  writeAtomic,
} from "../../system/fs/index.ts";
import type { BuildContext } from "../build-context.ts";

/** Increment when the same source and tools would be built differently. */
const buildVersion = 1;

/** Ends stored metadata. Without it, they were written only in part: METADATA itself has no end. */
const endMark = "\n-- whole\n";

/**
 * The stored results for one source, one interpreter and one set of settings:
 *
 *     builds-v2/<identity of the source>/<interpreter, platform, settings>/
 *       <key of the pins>/       a wheel, and `wheel.json`: its name, its hash, and the packages it was built with
 *       indexes-<key>/           results that depend on the configured indexes, for one set of indexes
 *         METADATA             the backend's metadata
 *         failed-<key>.json    how a build failed (`known-failures.ts`)
 *         requires-<key>.json  its build requirements, pinned: a repeated build uses the same
 *         <key of the pins>/   a wheel whose build depended on more than its pins
 *
 * What the source declares itself is stored next to these (`declared-requirements.ts`).
 */
export interface BuildEntry {
  readonly folder: string;
  /** The folder of the results that depend on the configured indexes. */
  readonly indexFolder: string;
  metadata(): Promise<string | undefined>;
  keepMetadata(text: string): Promise<void>;
  /** `policyKey` identifies the policy that the choice of build requirements depends on. */
  requirements(policyKey: unknown): Promise<readonly PackagePin[] | undefined>;
  keepRequirements(policyKey: unknown, target: BlueprintTarget): Promise<void>;
  wheel(pins: readonly PackagePin[]): Promise<BuiltWheel | undefined>;
  /** Moves a wheel that was built with `used` into the store, under `pins` and `filename`. */
  keepWheel(
    pins: readonly PackagePin[],
    used: readonly PackagePin[],
    built: string,
    filename: string,
  ): Promise<BuiltWheel>;
  /** A path of a lock for a build with these pins. */
  lock(pins: readonly PackagePin[]): string;
}

/** Returns the entry of a source for `python` and the settings in `build`. */
export function buildEntry(
  identity: string,
  python: Interpreter,
  { settings, isolated }: Pick<PinnedBuild, "settings" | "isolated">,
  editable: boolean,
  { home, machine, indexSettingsKey }: BuildContext,
): BuildEntry {
  const key = keyOf([
    buildVersion,
    interpreterIdentity(python),
    python.platform,
    // Code compiled here needs this machine's C library, or a newer one.
    hostPlatformTag(python, machine) ?? "",
    Object.entries(settings ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
    isolated ?? true,
    editable,
  ]);
  const folder = join(home.builds, identity, key);
  const indexFolder = join(folder, `indexes-${keyOf(indexSettingsKey)}`);
  /** The folder of the entry in the user's own cache, and those in shared stores, which are only read. */
  const folders = storesOf(home).map(({ builds }) => join(builds, identity, key));
  const indexFolders = folders.map((each) => join(each, basename(indexFolder)));
  const requirementsName = (policyKey: unknown) => `requires-${keyOf(policyKey)}.json`;
  const wheelFolder = (pins: readonly PackagePin[]) => join(folder, keyOf(pinIdentities(pins)));
  const indexWheelFolder = (pins: readonly PackagePin[]) => join(indexFolder, keyOf(pinIdentities(pins)));
  return {
    folder,
    indexFolder,
    async metadata() {
      for (const each of indexFolders) {
        const text = await textIfThere(join(each, "METADATA"));
        if (text?.endsWith(endMark) === true && !text.includes("\0")) return text.slice(0, -endMark.length);
      }
      return undefined;
    },
    keepMetadata: (text) => writeAtomic(join(indexFolder, "METADATA"), text + endMark),
    async requirements(policyKey) {
      for (const each of indexFolders) {
        const text = await textIfThere(join(each, requirementsName(policyKey)));
        if (text === undefined) continue;
        try {
          return (await parseBlueprint(JSON.parse(text))).targets[0]?.packages;
        } catch {
          // Written by another version of Posy: it is made again.
        }
      }
      return undefined;
    },
    keepRequirements: (policyKey, target) =>
      writeAtomic(
        join(indexFolder, requirementsName(policyKey)),
        formatBlueprint({ blueprintVersion: 1, targets: [target] }),
      ),
    async wheel(pins) {
      const name = keyOf(pinIdentities(pins));
      for (const each of folders.flatMap((one) => [one, join(one, basename(indexFolder))])) {
        const wheel = await findWheel(join(each, name), home);
        if (wheel !== undefined) return wheel;
      }
      return undefined;
    },
    async keepWheel(pins, used, built, filename) {
      const dir = isIdentifiedBy(pins, used) ? wheelFolder(pins) : indexWheelFolder(pins);
      const sha256 = await sha256OfFile(built);
      await publishEntry(
        dir,
        home.cacheTmp,
        async (into) => {
          // Both are in the folder for temporary files.
          await rename(built, join(into, filename));
          const { implementation, version, platform } = python;
          const record = { filename, sha256, python: { implementation, version, platform }, packages: pins };
          await writeAtomic(join(into, "wheel.json"), JSON.stringify(record));
        },
        { isWhole: async () => (await findWheel(dir, home)) !== undefined },
      );
      const stored = await findWheel(dir, home);
      if (stored !== undefined) return stored;
      throw new PosyError("filesystem", `\`${dir}\` was taken away while it was used`, {
        hint: "run it again; do not clean the cache meanwhile",
      });
    },
    lock: (pins) => `${wheelFolder(pins)}.lock`,
  };
}

/**
 * Returns the wheel in a folder of the store, or undefined if it is missing or damaged. Once after a restart of the
 * machine, the wheel is compared with its hash, since a power cut may have damaged it.
 */
async function findWheel(folder: string, home: Home): Promise<BuiltWheel | undefined> {
  const text = await textIfThere(join(folder, "wheel.json"));
  if (text === undefined) return undefined;
  try {
    const { filename, sha256 } = JSON.parse(text) as Omit<BuiltWheel, "path">;
    const path = join(folder, filename);
    if (stateOf(folder, home) === "unverified") {
      if ((await sha256OfFile(path)) !== sha256) return undefined;
      settleOrRemember(folder, home);
    }
    return { path, filename, sha256 };
  } catch {
    return undefined;
  }
}

/**
 * Whether the pins identify everything that a build used by its content. Then it does not matter which index it came
 * from.
 */
function isIdentifiedBy(pins: readonly PackagePin[], used: readonly PackagePin[]): boolean {
  const identities = JSON.stringify(pinIdentities(pins));
  return (
    JSON.stringify(pinIdentities(used)) === identities &&
    used.every(({ artifact }) => artifact.kind === "wheel")
  );
}

/**
 * Identifies the packages that a wheel was built with, by name and content. What those were built with is ignored.
 */
export function pinIdentities(pins: readonly PackagePin[]): readonly unknown[] {
  return pins
    .map(({ name, version, artifact }) => [
      name,
      version,
      artifact.identity === undefined
        ? (artifact.hashes["sha256"] ?? artifact.url)
        : `${artifact.identity} ${artifact.url}`,
    ])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

function keyOf(value: unknown): string {
  return sha256Of(JSON.stringify(value)).slice(0, 32);
}
