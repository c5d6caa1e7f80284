import { join } from "node:path";
import { type Choices, type Project, uvChoices, uvWarnings } from "../../project/index.ts";
import { type IndexSettings, uvLayer, type UvTable, uvTableOf } from "../../packages/index.ts";
import { textIfThere } from "../../system/fs/index.ts";

/** The settings of a `uv.toml` next to `pyproject.toml`. It is a part of the project. */
export interface ProjectUvFile {
  readonly choices: Choices;
  readonly cutoffs: Pick<IndexSettings, "excludeNewer" | "excludeNewerPackages">;
  /** The cutoffs as written. A span of time (`7 days`) would give another date each time. */
  readonly indexIdentity: readonly string[];
  readonly warnings: readonly string[];
}

/** Reads the `uv.toml` of a project; all empty if there is none. Throws `invalid-configuration`. */
export async function readProjectUvFile({ folder }: Project): Promise<ProjectUvFile> {
  const path = join(folder, "uv.toml");
  const text = await textIfThere(path);
  const read = text === undefined ? undefined : await uvTableOf(path, text);
  return read === undefined
    ? { choices: {}, cutoffs: {}, indexIdentity: [], warnings: [] }
    : settingsOf(read);
}

function settingsOf(read: UvTable): ProjectUvFile {
  const { excludeNewer, excludeNewerPackages } = uvLayer(read);
  const written = ["exclude-newer", "exclude-newer-package"].map((key) => read.table[key]);
  return {
    choices: uvChoices(read),
    cutoffs: {
      ...(excludeNewer && { excludeNewer }),
      ...(excludeNewerPackages && { excludeNewerPackages }),
    },
    indexIdentity: written.flatMap((value) =>
      value === undefined ? [] : [`uv.toml up to ${JSON.stringify(value)}`],
    ),
    warnings: uvWarnings(read.table, read.path),
  };
}

/** Returns the absolute paths of the files that belong to the project itself, and not to the person who works on it. */
export function projectUvFiles({ folder, path, otherFiles }: Project): ReadonlySet<string> {
  return new Set([path, join(folder, "uv.toml"), ...otherFiles]);
}
