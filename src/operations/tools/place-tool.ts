import { rename } from "node:fs/promises";
import { join } from "node:path";
import { writeEnvFolder } from "../../forest/envs/index.ts";
import { linkEnv } from "../../project/index.ts";
import { exists, type Home, removeTree, textIfThere, writeUserFile } from "../../system/fs/index.ts";
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
 * written. `prefix` is the folder of its Env. Throws `filesystem` before anything changes if a program of another owner
 * is in the way.
 */
export async function placeTool(
  staging: string,
  folder: string,
  { prefix, ...receipt }: ToolReceipt & { readonly prefix: string },
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
  await linkTool(staging, prefix);
  await writeReceipt(staging, receipt);
  if (before !== undefined) {
    const isSameFolder = before.bin === bin;
    const dropped = before.programs.filter((program) => !(isSameFolder && written.includes(program)));
    await removeLaunchers(dropped, before.bin, folder);
  }
  if (before !== undefined) await replaceTool(staging, folder, prefix, receipt);
  else {
    if (await exists(folder)) await removeTree(folder, dataTmp);
    await rename(staging, folder);
  }
  await writeLaunchers(written, bin, folder);
}

/**
 * Replaces the files of an installed tool, each in one step, so that the tool is there whenever this is interrupted.
 * The receipt is last: until it is written, the same command does everything again.
 */
async function replaceTool(
  staging: string,
  folder: string,
  prefix: string,
  receipt: ToolReceipt,
): Promise<void> {
  for (const name of ["pyproject.toml", "pylock.toml"]) {
    const text = await textIfThere(join(staging, name));
    if (text !== undefined) await writeUserFile(join(folder, name), text);
  }
  await linkTool(folder, prefix);
  await writeReceipt(folder, receipt);
}

/** A tool without the link to its Env would be useless, so unlike in a project, it is an error if it can't be made. */
async function linkTool(folder: string, prefix: string): Promise<void> {
  const makeFolder = process.platform === "win32" ? { makeFolder: writeEnvFolder } : {};
  await linkEnv({ folder, name: "default", prefix, venv: false, ...makeFolder });
}
