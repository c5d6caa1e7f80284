import { readdir } from "node:fs/promises";
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
import { type BuildKey, isResultName } from "../../remote/index.ts";
import { sha256Of, sha256OfFile, storesOf, textIfThere, writeAtomic } from "../../system/fs/index.ts";
import { parseSha256 } from "../../vocab/hash.ts";
import type { BuildContext } from "../build-context.ts";
import { type Buildable, isEditable, isPortable } from "../buildable.ts";
import { endMark, findWheel, publishWheel, pythonRecord, textOfMetadata } from "./build-files.ts";
import { openRemoteEntry } from "./remote-entry.ts";

/** Increment when the same source and tools would be built differently. */
const buildVersion = 1;

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
 *       remote-<key>/            the same from a remote store: it counts as long as that store is configured
 *       portable.json            the results may be pushed to a remote store: they are of a source that others have
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
  /** Looks for the wheel of a pin in the remote store, and returns it if it is right for the pin. */
  remoteWheel(pins: readonly PackagePin[], pin: PackagePin): Promise<BuiltWheel | undefined>;
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

/** The file that says that the results of an entry may be pushed. */
export const portableName = "portable.json";

/** Returns the entry of a source, which has this identity, for `python` and the settings in `build`. */
export function buildEntry(
  identity: string,
  python: Interpreter,
  { settings, isolated }: Pick<PinnedBuild, "settings" | "isolated">,
  source: Buildable,
  context: BuildContext,
): BuildEntry {
  const { home, machine, indexSettingsKey } = context;
  const key = keyOf([
    buildVersion,
    interpreterIdentity(python),
    python.platform,
    // Code compiled here needs this machine's C library, or a newer one.
    hostPlatformTag(python, machine) ?? "",
    Object.entries(settings ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
    isolated ?? true,
    isEditable(source),
  ]);
  const folder = join(home.builds, identity, key);
  const indexes = keyOf(indexSettingsKey);
  const indexFolder = join(folder, `indexes-${indexes}`);
  const requirementsName = (policyKey: unknown) => `requires-${keyOf(policyKey)}.json`;
  /** The folder of the entry in the user's own cache, and those in shared stores, which are only read. */
  const folders = storesOf(home).map(({ builds }) => join(builds, identity, key));
  const indexFolders = folders.map((each) => join(each, basename(indexFolder)));
  const wheelFolder = (pins: readonly PackagePin[]) => join(folder, keyOf(pinIdentities(pins)));
  const indexWheelFolder = (pins: readonly PackagePin[]) => join(indexFolder, keyOf(pinIdentities(pins)));
  const shared = isPortable(source) ? context.remote : undefined;
  const buildKey: Omit<BuildKey, "indexes"> = { source: identity, setup: key, platform: python.platform };
  const remote = shared && openRemoteEntry(shared, { folder, key: buildKey, indexes, python }, context);
  const markPortable = async () => {
    if (!isPortable(source)) return;
    const { name, version } = source;
    const record = { name, version: version.text, python: pythonRecord(python) };
    await writeAtomic(join(folder, portableName), JSON.stringify(record));
  };
  const shareResults = async () => {
    await markPortable();
    if (shared?.pushes) shared.pushResults({ ...buildKey, indexes }, await readResults(indexFolder));
  };
  return {
    folder,
    indexFolder,
    async metadata() {
      for (const each of indexFolders) {
        const text = textOfMetadata(await textIfThere(join(each, "METADATA")));
        if (text !== undefined) return text;
      }
      return remote?.metadata();
    },
    async keepMetadata(text) {
      await writeAtomic(join(indexFolder, "METADATA"), text + endMark);
      await shareResults();
    },
    async requirements(policyKey) {
      const name = requirementsName(policyKey);
      for (const each of indexFolders) {
        const packages = await packagesIn(await textIfThere(join(each, name)));
        if (packages !== undefined) return packages;
      }
      return packagesIn(await remote?.requirements(name));
    },
    async keepRequirements(policyKey, target) {
      await writeAtomic(
        join(indexFolder, requirementsName(policyKey)),
        formatBlueprint({ blueprintVersion: 1, targets: [target] }),
      );
      await shareResults();
    },
    remoteWheel: async (pins, pin) => remote?.wheel(keyOf(pinIdentities(pins)), pin),
    async wheel(pins) {
      const name = keyOf(pinIdentities(pins));
      for (const each of folders.flatMap((one) => [one, join(one, basename(indexFolder))])) {
        const wheel = await findWheel(join(each, name), home);
        if (wheel !== undefined) return wheel;
      }
      return undefined;
    },
    async keepWheel(pins, used, built, filename) {
      const isIdentified = isIdentifiedBy(pins, used);
      const dir = isIdentified ? wheelFolder(pins) : indexWheelFolder(pins);
      const sha256 = await sha256OfFile(built);
      const record = { filename, sha256, python: pythonRecord(python), packages: pins };
      await publishWheel(dir, built, record, home);
      await markPortable();
      const stored = await findWheel(dir, home);
      if (stored !== undefined && shared?.pushes) {
        const wheelKey = {
          ...buildKey,
          ...(isIdentified ? {} : { indexes }),
          pins: keyOf(pinIdentities(pins)),
        };
        shared.pushWheel(wheelKey, { ...stored, sha256: parseSha256(stored.sha256) });
      }
      if (stored !== undefined) return stored;
      throw new PosyError("filesystem", `\`${dir}\` was taken away while it was used`, {
        hint: "run it again; do not clean the cache meanwhile",
      });
    },
    lock: (pins) => `${wheelFolder(pins)}.lock`,
  };
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

/** Returns the pinned build requirements in a stored text; undefined if there are none. */
async function packagesIn(text: string | undefined): Promise<readonly PackagePin[] | undefined> {
  if (text === undefined) return undefined;
  try {
    return (await parseBlueprint(JSON.parse(text))).targets[0]?.packages;
  } catch {
    // Written by another version of Posy: it is made again.
    return undefined;
  }
}

/** Returns the files of a folder of results that do not need their place: METADATA and pinned build requirements. */
export async function readResults(indexFolder: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(indexFolder).catch(() => []);
  const files = await Promise.all(
    names.filter(isResultName).map(async (name) => {
      const text = await textIfThere(join(indexFolder, name));
      return [name, name === "METADATA" ? textOfMetadata(text) : text] as const;
    }),
  );
  return new Map(files.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const])));
}

function keyOf(value: unknown): string {
  return sha256Of(JSON.stringify(value)).slice(0, 32);
}
