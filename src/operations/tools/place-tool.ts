import { rename } from "node:fs/promises";
import { exists, type Home, removeTree } from "../../system/fs/index.ts";
import { foreignProgram, refuseForeignPrograms, removeLaunchers, writeLaunchers } from "./tool-launchers.ts";
import { readReceipt, type ToolReceipt, writeReceipt } from "./tool-receipt.ts";

/** What becomes of programs of other owners. */
export interface PlaceOptions {
  /**
   * `refuse`: the tool is not installed. `replace`: they are replaced. `keep`: those that replaced a program of the
   * earlier installation stay, and others are refused.
   */
  readonly foreign: "refuse" | "replace" | "keep";
}

/**
 * Makes a finished folder of a tool the installed one: it replaces an earlier installation, and the launchers are
 * written. Throws `filesystem` before anything changes if a program of another owner is in the way.
 */
export async function placeTool(
  staging: string,
  folder: string,
  receipt: ToolReceipt,
  { foreign }: PlaceOptions,
  { dataTmp }: Pick<Home, "dataTmp">,
): Promise<void> {
  const { programs, bin } = receipt;
  const before = await readReceipt(folder).catch(() => undefined);
  const kept: string[] = [];
  if (foreign === "keep") {
    for (const program of programs.filter((each) => before?.programs.includes(each))) {
      if ((await foreignProgram(program, bin, folder)) !== undefined) kept.push(program);
    }
  }
  const written = programs.filter((program) => !kept.includes(program));
  if (foreign !== "replace") await refuseForeignPrograms(written, bin, folder);
  await writeReceipt(staging, receipt);
  if (before !== undefined) {
    const isSameFolder = before.bin === bin;
    const dropped = before.programs.filter((program) => !(isSameFolder && written.includes(program)));
    await removeLaunchers(dropped, before.bin, folder);
  }
  if (await exists(folder)) await removeTree(folder, dataTmp);
  await rename(staging, folder);
  await writeLaunchers(written, bin, folder);
}
