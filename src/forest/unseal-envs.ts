import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { recordName, unsealEnv } from "./envs/index.ts";
import type { Home } from "../system/fs/index.ts";

/**
 * Makes all Envs that use a wheel unverified, before the wheel is unpacked again: hard links lead to its old files.
 * They are compared with the new ones when they are used the next time.
 */
export async function unsealEnvsWith(sha256: string, { envs }: Pick<Home, "envs">): Promise<void> {
  for (const key of await readdir(envs).catch(() => [])) {
    const record = await readFile(join(envs, key, recordName), "utf8").catch(() => "");
    if (record.includes(`"${sha256}"`)) unsealEnv(join(envs, key));
  }
}
