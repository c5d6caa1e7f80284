import { join } from "node:path";
import { type Choices, type Project, uvChoices, uvWarnings } from "../project/index.ts";
import { type IndexSettings, uvLayer, type UvTable, uvTableOf } from "../packages/index.ts";
import { textIfThere } from "../system/fs/index.ts";

/** What a `uv.toml` beside `pyproject.toml` says: it is a part of the project. */
export interface OwnUvFile {
  readonly choices: Choices;
  readonly cutoffs: Pick<IndexSettings, "excludeNewer" | "excludeNewerPackages">;
  /** The cutoffs as they are written: a span of time ends at another moment each time. */
  readonly places: readonly string[];
  readonly warnings: readonly string[];
}

/** Throws `invalid-configuration`. */
export async function readOwnUvFile({ folder }: Project): Promise<OwnUvFile> {
  const path = join(folder, "uv.toml");
  const text = await textIfThere(path);
  const read = text === undefined ? undefined : await uvTableOf(path, text);
  return read === undefined ? { choices: {}, cutoffs: {}, places: [], warnings: [] } : ownOf(read);
}

function ownOf(read: UvTable): OwnUvFile {
  const { excludeNewer, excludeNewerPackages } = uvLayer(read);
  const written = ["exclude-newer", "exclude-newer-package"].map((key) => read.table[key]);
  return {
    choices: uvChoices(read),
    cutoffs: {
      ...(excludeNewer && { excludeNewer }),
      ...(excludeNewerPackages && { excludeNewerPackages }),
    },
    places: written.flatMap((value) =>
      value === undefined ? [] : [`uv.toml up to ${JSON.stringify(value)}`],
    ),
    warnings: uvWarnings(read.table, read.path),
  };
}

/** The files that speak for a project itself, whoever works on it: absolute. */
export function ownFiles({ folder, path, besides }: Project): ReadonlySet<string> {
  return new Set([path, join(folder, "uv.toml"), ...besides]);
}
