import { type EnvContents, planEnv } from "./plan/plan-env.ts";
import { sealEnv } from "./seal.ts";
import { writeTree } from "./write-tree.ts";

/** Writes a whole Env into `dir`, an empty folder, and seals it. */
export function writeEnv(contents: EnvContents, dir: string): void {
  const { root, sealed, readOnly } = planEnv(contents);
  writeTree(root, dir, contents.launchers !== undefined);
  sealEnv(dir, sealed, readOnly);
}
