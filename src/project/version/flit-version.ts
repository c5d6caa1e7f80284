import { join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { exists } from "../../system/fs/index.ts";
import { tableIn, textIn, type VersionManifest } from "./version-manifest.ts";
import { assignedVersion } from "./python-source.ts";
import { type FoundVersion, readSource } from "./version-location.ts";

/** Finds the `__version__` of the module that flit builds. Throws `dynamic-version`. */
export async function flitVersion({ folder, name, tool }: VersionManifest): Promise<FoundVersion> {
  const module =
    textIn(tableIn(tool, "flit", "module"), "name") ??
    textIn(tableIn(tool, "flit", "metadata"), "module") ??
    name?.replaceAll("-", "_");
  if (module !== undefined) {
    const parts = module.split(".").join("/");
    for (const path of [
      `${parts}/__init__.py`,
      `src/${parts}/__init__.py`,
      `${parts}.py`,
      `src/${parts}.py`,
    ]) {
      const file = join(folder, path);
      if (await exists(file))
        return assignedVersion(await readSource(file, "tool.flit.module"), "__version__");
    }
  }
  throw new PosyError("dynamic-version", `flit's module \`${module ?? "?"}\` is not in \`${folder}\``, {
    hint: "name it in `[tool.flit.module]`",
  });
}
