import { join } from "node:path";
import { isKept, localPath } from "../../packages/index.ts";
import { exists, type Home } from "../../system/fs/index.ts";
import { parseSha256 } from "../../vocab/hash.ts";
import type { Interpreter } from "../../model/index.ts";

/** Returns the interpreters that need no network, in the same order: they or their archives are on this disk. */
export async function availableOffline(
  interpreters: readonly Interpreter[],
  home: Home,
): Promise<readonly Interpreter[]> {
  const available = await Promise.all(interpreters.map((interpreter) => isHere(interpreter, home)));
  return interpreters.filter((_, index) => available[index]);
}

async function isHere({ source }: Interpreter, home: Home): Promise<boolean> {
  if (!("hashes" in source)) return true;
  const sha256 = source.hashes["sha256"];
  if ("url" in source && localPath(source.url) !== undefined) return true;
  if (sha256 === undefined || !/^[0-9a-f]{64}$/i.test(sha256)) return false;
  return (await exists(join(home.pythons, sha256))) || isKept(home, parseSha256(sha256));
}
