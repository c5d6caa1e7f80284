import { realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";

/**
 * Returns the folder of a `subdirectory` of a source tree. No link may lead out of the tree. Throws `not-found`,
 * `invalid-source`.
 */
export async function resolveSubdirectory(
  root: string,
  subdirectory: string | undefined,
  shown: string,
): Promise<string> {
  if (subdirectory === undefined) return root;
  const path = join(root, ...subdirectory.split("/"));
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isDirectory()) {
    throw new PosyError("not-found", `\`${shown}\` has no folder \`${subdirectory}\``, {
      hint: "check the path after `#subdirectory=`",
    });
  }
  const real = await realpath(path);
  if (!real.startsWith((await realpath(root)) + sep) || real.split(sep).includes(".git")) {
    throw new PosyError("invalid-source", `the folder \`${subdirectory}\` of \`${shown}\` leads out of it`, {
      hint: "do not build it: a trustworthy source has no such link",
    });
  }
  return path;
}
