import { entryState, type Home, settle, sharedStoreOf, syncTree } from "../system/fs/index.ts";
import { isSettledEnv, settleEnv } from "./envs/index.ts";
import { entriesOfEnv } from "./roots/index.ts";

/**
 * Waits until an Env that was grown just now is on the disk, with its wheels and its interpreter. It is for Envs whose
 * programs start without Posy, such as installed tools: nothing would notice what a power cut has damaged. Does nothing
 * if the Env is settled. Leaves entries of shared stores as they are. Throws `no-space`, `filesystem` if something
 * could not be written.
 */
export async function syncEnv(prefix: string, home: Home): Promise<void> {
  const isShared = (path: string) => sharedStoreOf(path, home) !== undefined;
  if (isShared(prefix) || isSettledEnv(prefix)) return;
  const entries = (await entriesOfEnv(prefix, home)).filter(
    (path) => !isShared(path) && entryState(path) === "this-boot",
  );
  // On Linux, one call is enough for the whole file system.
  for (const path of process.platform === "linux" ? [prefix] : [prefix, ...entries]) await syncTree(path);
  for (const path of entries) settle(path);
  settleEnv(prefix);
}
