import { rename } from "node:fs/promises";
import { join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import type { BuiltWheel } from "../../forest/wheels/index.ts";
import type { Interpreter, PackagePin } from "../../model/index.ts";
import {
  type Home,
  publishEntry,
  settleOrRemember,
  sha256OfFile,
  stateOf,
  textIfThere,
  writeAtomic,
} from "../../system/fs/index.ts";
import { parseWheelFilename } from "../../vocab/filenames/index.ts";
import { parseMetadata } from "../../vocab/metadata/index.ts";
import { wheelMetadata } from "../metadata/wheel-metadata.ts";

/** Ends stored metadata. Without it, they were written only in part: METADATA itself has no end. */
export const endMark = "\n-- whole\n";

/** Returns the METADATA in the text of a stored file; undefined if it is missing or damaged. */
export function textOfMetadata(text: string | undefined): string | undefined {
  return text?.endsWith(endMark) === true && !text.includes("\0")
    ? text.slice(0, -endMark.length)
    : undefined;
}

/**
 * Returns the wheel in a folder of the store, or undefined if it is missing or damaged. Once after a restart of the
 * machine, the wheel is compared with its hash, since a power cut may have damaged it.
 */
export async function findWheel(folder: string, home: Home): Promise<BuiltWheel | undefined> {
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

/** The content of `wheel.json`. Posy reads the first two fields; the others are for people. */
interface WheelRecord extends Pick<BuiltWheel, "filename" | "sha256"> {
  readonly python?: ReturnType<typeof pythonRecord>;
  readonly packages?: readonly PackagePin[];
}

/**
 * Moves a wheel from the folder for temporary files into a folder of the store, with its record `wheel.json`. A right
 * wheel that is there stays.
 */
export async function publishWheel(
  folder: string,
  path: string,
  record: WheelRecord,
  home: Home,
): Promise<void> {
  await publishEntry(
    folder,
    home.cacheTmp,
    async (into) => {
      await rename(path, join(into, record.filename));
      await writeAtomic(join(into, "wheel.json"), JSON.stringify(record));
    },
    { isWhole: async () => (await findWheel(folder, home)) !== undefined },
  );
}

/**
 * Returns the name and the version in the metadata of a fetched wheel. Throws `invalid-wheel` if they are not those of
 * its file name, `invalid-metadata` or `invalid-filename`.
 */
export async function checkFetchedWheel(path: string, filename: string) {
  const wheel = parseWheelFilename(filename);
  const { name, version } = parseMetadata(await wheelMetadata(path, filename));
  if (name === wheel.name && version.key === wheel.version.key) return { name, version };
  throw new PosyError("invalid-wheel", `\`${filename}\` has the metadata of \`${name} ${version.text}\``, {
    hint: "tell those who push to the remote store",
  });
}

/** Returns what the records of builds say about an interpreter. */
export function pythonRecord({ implementation, version, platform }: Interpreter) {
  return { implementation, version, platform };
}
