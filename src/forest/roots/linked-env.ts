import { readFile, readlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { folderMarker } from "../envs/index.ts";
import type { Home } from "../../system/fs/index.ts";

/**
 * Returns the Env of this store to which `.posy/env` of a project or a tool leads; undefined if there is none.
 * On a disk of Windows without links, a folder stands for the Env.
 */
export async function linkedEnv(link: string, { envs }: Pick<Home, "envs">): Promise<string | undefined> {
  const target = await readlink(link).catch(() => readFile(join(link, folderMarker), "utf8").catch(() => ""));
  // The target of a junction ends with a separator.
  const prefix = join(dirname(target), basename(target));
  return target !== "" && dirname(prefix) === envs ? prefix : undefined;
}
