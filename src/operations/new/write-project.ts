import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError, buildBeside, errnoOf, writeUserFile } from "../../system/fs/index.ts";

/**
 * Writes the folder of a new project, completely or not at all. The folder must not exist, or must be empty. Throws
 * `filesystem`, `permission`, `no-space`.
 */
export async function writeProject(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const contents = await contentsOf(folder);
  if (contents !== undefined && contents.length > 0) {
    const hint = contents.includes("pyproject.toml")
      ? "it has a `pyproject.toml` already; choose another name"
      : "choose another name, or run `posy init` in that folder to make it a project";
    throw new PosyError("filesystem", `\`${folder}\` is not empty`, { hint });
  }
  const fill = async (target: string) => {
    for (const [path, text] of files) await writeUserFile(join(target, path), text);
  };
  await buildBeside(folder, dirname(folder), fill, async () => (await contentsOf(folder))?.length !== 0);
}

/** Returns the names in a folder; undefined if there is no folder. */
async function contentsOf(folder: string): Promise<readonly string[] | undefined> {
  return readdir(folder).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw asPosyError(error, `looking into \`${folder}\``);
  });
}
