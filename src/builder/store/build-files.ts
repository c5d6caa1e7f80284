import { join } from "node:path";
import type { BuiltWheel } from "../../forest/wheels/index.ts";
import { type Home, settleOrRemember, sha256OfFile, stateOf, textIfThere } from "../../system/fs/index.ts";

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
