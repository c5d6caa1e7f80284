import { readFile, readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Home } from "../../system/fs/index.ts";

/** The file in the folder of a launcher that names its interpreter where the disk has no links. */
export const launchedPythonFile = "python.txt";

/**
 * Returns the folder of the interpreter in the store that a launcher starts (`python3.13`, by its minor version);
 * undefined if there is none. The folder of the launcher has a link to it, or on a disk of Windows without links its
 * path.
 */
export async function launchedPython(
  name: string,
  { launchers, pythons }: Pick<Home, "launchers" | "pythons">,
): Promise<string | undefined> {
  const folder = join(launchers, name);
  const target = await readlink(join(folder, "python")).catch(() =>
    readFile(join(folder, launchedPythonFile), "utf8").catch(() => undefined),
  );
  // The target of a junction ends with a separator, which `basename` ignores.
  return target === undefined ? undefined : join(pythons, basename(target));
}
