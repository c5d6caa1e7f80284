import { type EnvContents, isInStores, planEnv } from "./plan/plan-env.ts";
import { sealEnv } from "./seal.ts";
import { writeTree } from "./write-tree.ts";

/** Writes a whole Env into `dir`, an empty folder, and seals it. */
export function writeEnv(contents: EnvContents, dir: string): void {
  const { root, sealed, readOnly, resolvesLinks } = planEnv(contents);
  const windows = contents.launchers !== undefined;
  writeTree(root, dir, { windows, resolvesLinks, isShared: (path) => isInStores(path, contents) });
  sealEnv(dir, sealed, readOnly);
}
