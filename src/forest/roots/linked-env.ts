import { readFile, readlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Home } from "../../system/fs/index.ts";

/** The file of a folder that stands for an Env on a disk without links (envs/env-folder.ts). */
const markerName = "posy-env.txt";

/** Returns the Env of this store to which `.posy/env` of a project or a tool leads; undefined if there is none. */
export async function linkedEnv(link: string, { envs }: Pick<Home, "envs">): Promise<string | undefined> {
  const target = await readlink(link).catch(() => readFile(join(link, markerName), "utf8").catch(() => ""));
  // The target of a junction ends with a separator.
  const prefix = join(dirname(target), basename(target));
  return target !== "" && dirname(prefix) === envs ? prefix : undefined;
}
