import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import type { BuiltWheel } from "../../forest/wheels/index.ts";
import { type Interpreter, type PackagePin, pinsVersion } from "../../model/index.ts";
import { wheelTagsOf } from "../../pythons/compatibility/index.ts";
import type { BuildKey, RemoteStore } from "../../remote/index.ts";
import { releaseTemporary, temporaryPath, textIfThere, writeAtomic } from "../../system/fs/index.ts";
import { parseMetadata } from "../../vocab/metadata/index.ts";
import { parseWheelFilename } from "../../vocab/filenames/index.ts";
import type { BuildContext } from "../build-context.ts";
import {
  checkFetchedWheel,
  endMark,
  findWheel,
  publishWheel,
  pythonRecord,
  textOfMetadata,
} from "./build-files.ts";

/**
 * What a remote store has for one entry of the BuildStore. What was fetched is kept in a folder of the remote store, so
 * that it counts only as long as that store is configured: a project that names a store of strangers changes nothing
 * for other projects.
 */
export interface RemoteEntry {
  /** Returns the backend's metadata. */
  metadata(): Promise<string | undefined>;
  /** Returns the text of a file with pinned build requirements, by its name. */
  requirements(filename: string): Promise<string | undefined>;
  /** Returns the wheel that was built with these pins and is right for the pin. */
  wheel(pinsKey: string, pin: PackagePin): Promise<BuiltWheel | undefined>;
}

export interface RemoteEntryOptions {
  /** The folder of the entry. */
  readonly folder: string;
  /** Without the indexes. */
  readonly key: Omit<BuildKey, "indexes">;
  /** The key of the configured indexes. */
  readonly indexes: string;
  readonly python: Interpreter;
}

export function openRemoteEntry(
  remote: RemoteStore,
  { folder, key, indexes, python }: RemoteEntryOptions,
  context: BuildContext,
): RemoteEntry {
  const root = join(folder, `remote-${remote.id}`);
  const indexRoot = join(root, `indexes-${indexes}`);
  const fetchResults = async () => {
    const results = await remote.fetchResults({ ...key, indexes });
    for (const [name, text] of results ?? []) {
      if (name === "METADATA" && !isMetadata(text)) continue;
      await writeAtomic(join(indexRoot, name), name === "METADATA" ? text + endMark : text);
    }
  };
  const result = async (name: string) => {
    const path = join(indexRoot, name);
    const kept = await textIfThere(path);
    if (kept !== undefined) return kept;
    await fetchResults();
    return textIfThere(path);
  };
  return {
    metadata: async () => textOfMetadata(await result("METADATA")),
    requirements: result,
    async wheel(pinsKey, pin) {
      const folders = [join(root, pinsKey), join(indexRoot, pinsKey)] as const;
      for (const kept of folders) {
        const wheel = await findWheel(kept, context.home);
        if (wheel !== undefined) return wheel;
      }
      const fetched = await fetchWheel({ ...key, pins: pinsKey }, folders[0], pin, {
        python,
        remote,
        context,
      });
      return (
        fetched ??
        fetchWheel({ ...key, indexes, pins: pinsKey }, folders[1], pin, { python, remote, context })
      );
    },
  };
}

interface FetchTools {
  readonly python: Interpreter;
  readonly remote: RemoteStore;
  readonly context: BuildContext;
}

async function fetchWheel(
  key: BuildKey & { readonly pins: string },
  folder: string,
  pin: PackagePin,
  { python, remote, context }: FetchTools,
): Promise<BuiltWheel | undefined> {
  const { home, machine, reporter } = context;
  const path = temporaryPath(home.cacheTmp, "remote");
  try {
    await mkdir(home.cacheTmp, { recursive: true });
    const accepted = new Set(wheelTagsOf(python, machine));
    const accepts = (filename: string) => {
      const wheel = parseWheelFilename(filename);
      const isThis = wheel.name === pin.name && (!pinsVersion(pin) || wheel.version.text === pin.version);
      return isThis && wheel.tags.some((tag) => accepted.has(tag));
    };
    const { name, version } = pin;
    const fetched = await remote.fetchWheel(key, { name, version }, path, accepts);
    if (fetched === undefined) return undefined;
    const { filename, sha256 } = fetched;
    try {
      await checkFetchedWheel(path, filename);
    } catch (error) {
      if (!(error instanceof PosyError)) throw error;
      const message = `a wheel of the remote store is not used: ${error.message}`;
      reporter.report({ kind: "warning", message, key: message, hint: "tell those who push to it" });
      return undefined;
    }
    await publishWheel(folder, path, { filename, sha256, python: pythonRecord(python) }, home);
    reporter.report({ kind: "debug", message: `\`${filename}\` came from the remote store` });
    return await findWheel(folder, home);
  } finally {
    releaseTemporary(path);
  }
}

function isMetadata(text: string): boolean {
  try {
    parseMetadata(text);
    return true;
  } catch {
    return false;
  }
}
