import { join } from "node:path";
import { isKept, localPath } from "../../packages/index.ts";
import { exists, type Home, storesOf } from "../../system/fs/index.ts";
import { parseSha256 } from "../../vocab/hash.ts";
import type { Interpreter } from "../../model/index.ts";
import { isInFolders } from "./archives-of-indexes.ts";

/**
 * Returns the interpreters that need no network, in the same order: they are in the store, or their archives are in the
 * cache or in one of `folders`.
 */
export async function availableOffline(
  interpreters: readonly Interpreter[],
  home: Home,
  folders: readonly string[] = [],
): Promise<readonly Interpreter[]> {
  const available = await Promise.all(
    interpreters.map(
      async (interpreter) => (await isHere(interpreter, home)) || isInFolders(interpreter, folders),
    ),
  );
  return interpreters.filter((_, index) => available[index]);
}

async function isHere({ source }: Interpreter, home: Home): Promise<boolean> {
  if (!("hashes" in source)) return true;
  const sha256 = source.hashes["sha256"];
  if ("url" in source && localPath(source.url) !== undefined) return true;
  if (sha256 === undefined || !/^[0-9a-f]{64}$/i.test(sha256)) return false;
  for (const { pythons } of storesOf(home)) if (await exists(join(pythons, sha256))) return true;
  return isKept(home, parseSha256(sha256));
}
