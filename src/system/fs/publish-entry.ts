import { entryState, markPublished } from "./entry-mark.ts";
import { buildBeside, exists } from "./files.ts";
import { syncTree } from "./sync-tree.ts";

export interface PublishOptions {
  /** Whether an existing entry is complete. By default, every entry is that a power cut cannot have damaged. */
  readonly isWhole?: (target: string) => boolean | Promise<boolean>;
  /** The folder in the entry that gets its mark (`entry-mark.ts`). The default is the entry itself. */
  readonly markIn?: string;
}

/**
 * Creates a store entry with its mark, as `buildBeside` creates a folder. A new entry is not synced: nothing refers to
 * it yet, and after a power cut it is verified before it is used. An entry that replaces another one is synced, because
 * settled Envs may link to its files.
 */
export async function publishEntry(
  target: string,
  tmpRoot: string,
  build: (dir: string) => Promise<void> | void,
  { isWhole = () => true, markIn = "" }: PublishOptions = {},
): Promise<void> {
  const isUsable = async () => entryState(target, markIn) !== "unverified" && (await isWhole(target));
  await buildBeside(
    target,
    tmpRoot,
    async (dir) => {
      await build(dir);
      markPublished(dir, markIn);
      if ((await exists(target)) && !(await isUsable())) await syncTree(dir);
    },
    isUsable,
  );
}
