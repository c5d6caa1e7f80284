import { realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";

/** The folder of a part of a source tree, which no link may lead out of. Throws `not-found`, `invalid-source`. */
export async function insideOf(
  root: string,
  subdirectory: string | undefined,
  shown: string,
): Promise<string> {
  if (subdirectory === undefined) return root;
  const path = join(root, ...subdirectory.split("/"));
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new PosyError("not-found", `\`${shown}\` has no folder \`${subdirectory}\``, {
      hint: "look at what stands after `#subdirectory=`",
    });
  }
  const real = await realpath(path);
  if (!real.startsWith((await realpath(root)) + sep) || real.split(sep).includes(".git")) {
    throw new PosyError("invalid-source", `the folder \`${subdirectory}\` of \`${shown}\` leads out of it`, {
      hint: "don't build it: nothing that is meant well does that",
    });
  }
  return path;
}
