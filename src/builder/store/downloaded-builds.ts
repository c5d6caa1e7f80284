import { join } from "node:path";
import type { BuiltWheel } from "../../forest/wheels/index.ts";
import type { Interpreter } from "../../model/index.ts";
import { wheelTagsOf } from "../../pythons/compatibility/index.ts";
import { exists, sha256OfFile, textIfThere, writeAtomic } from "../../system/fs/index.ts";
import { parseWheelFilename } from "../../vocab/filenames/index.ts";
import type { BuildContext } from "../build-context.ts";

/** The file in a folder of `posy download` that says which of its wheels were built from which repository. */
const listName = "posy-built.json";

/** A wheel in a folder that was built from a repository. */
export interface DownloadedBuild {
  /** The URL of the source with its commit, as a Blueprint has it. */
  readonly source: string;
  readonly filename: string;
  readonly sha256: string;
}

/** Lists wheels in the folder that they were written to, in addition to those that are listed already. */
export async function listDownloadedBuilds(
  folder: string,
  builds: readonly DownloadedBuild[],
): Promise<void> {
  if (builds.length === 0) return;
  const byName = new Map([...(await readList(folder)), ...builds].map((build) => [build.filename, build]));
  const all = [...byName.values()].sort((a, b) => (a.filename < b.filename ? -1 : 1));
  await writeAtomic(join(folder, listName), `${JSON.stringify(all, undefined, 1)}\n`);
}

/**
 * Returns the wheel that was built from a source, if a folder of the user lists one that fits the interpreter and has
 * the hash of the list. It replaces the repository where there is no network.
 */
export async function downloadedBuild(
  source: string,
  python: Interpreter,
  { folders = [], machine }: Pick<BuildContext, "folders" | "machine">,
): Promise<BuiltWheel | undefined> {
  const accepted = new Set(wheelTagsOf(python, python.platform === machine.platform ? machine : undefined));
  for (const folder of folders) {
    for (const { filename, sha256, ...build } of await readList(folder)) {
      if (build.source !== source || !parseWheelFilename(filename).tags.some((tag) => accepted.has(tag)))
        continue;
      const path = join(folder, filename);
      if ((await exists(path)) && (await sha256OfFile(path)) === sha256) return { path, filename, sha256 };
    }
  }
  return undefined;
}

/** Reads the list of a folder. Entries of another form are left out, and so are names that lead out of the folder. */
async function readList(folder: string): Promise<readonly DownloadedBuild[]> {
  try {
    const list: unknown = JSON.parse((await textIfThere(join(folder, listName))) ?? "[]");
    return Array.isArray(list) ? list.filter(isBuild) : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function isBuild(value: unknown): value is DownloadedBuild {
  const { source, filename, sha256 } = (value ?? {}) as Partial<Record<keyof DownloadedBuild, unknown>>;
  return (
    typeof source === "string" &&
    typeof sha256 === "string" &&
    typeof filename === "string" &&
    /^[^/\\]+\.whl$/.test(filename)
  );
}
