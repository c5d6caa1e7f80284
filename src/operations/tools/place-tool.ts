import { rename } from "node:fs/promises";
import { exists, type Home, removeTree } from "../../system/fs/index.ts";
import { refuseForeignPrograms, removeLaunchers, writeLaunchers } from "./tool-launchers.ts";
import { readReceipt, type ToolReceipt, writeReceipt } from "./tool-receipt.ts";

/**
 * Makes a finished folder of a tool the installed one: it replaces an earlier installation, and the launchers are
 * written. Unless `force` is given, throws `filesystem` before anything changes if a program of another owner is in the
 * way.
 */
export async function placeTool(
  staging: string,
  folder: string,
  receipt: ToolReceipt,
  { force }: { readonly force: boolean },
  { dataTmp }: Pick<Home, "dataTmp">,
): Promise<void> {
  const { programs, bin } = receipt;
  if (!force) await refuseForeignPrograms(programs, bin, folder);
  await writeReceipt(staging, receipt);
  const before = await readReceipt(folder).catch(() => undefined);
  if (before !== undefined) await removeLaunchers(before.programs, before.bin, folder);
  if (await exists(folder)) await removeTree(folder, dataTmp);
  await rename(staging, folder);
  await writeLaunchers(programs, bin, folder);
}
