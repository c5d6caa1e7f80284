import { join } from "node:path";
import { readNamedText } from "../../system/fs/index.ts";
import { isTable, parseToml } from "../../toml/index.ts";
import { parseVersion } from "../../vocab/version/index.ts";

/**
 * Returns the version that `pyproject.toml` of a local project declares, normalised. Undefined if there is none: the
 * build backend computes it, or the file can't be read, which the build reports.
 */
export async function declaredVersion(folder: string): Promise<string | undefined> {
  try {
    const { project } = await parseToml(await readNamedText(join(folder, "pyproject.toml")));
    const version = isTable(project) ? project["version"] : undefined;
    return typeof version === "string" ? parseVersion(version).text : undefined;
  } catch {
    return undefined;
  }
}
