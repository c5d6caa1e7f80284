import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError, buildBeside, errnoOf } from "../../system/fs/index.ts";

/** Makes the folder of a new project, whole or not at all. It must not be there, or be empty. Throws `filesystem`, `permission`, `no-space`. */
export async function writeProject(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const there = await contentsOf(folder);
  if (there !== undefined && there.length > 0) {
    const hint = there.includes("pyproject.toml")
      ? "it has a `pyproject.toml` already; choose another name"
      : "choose another name, or make what is there a project: `posy init` in that folder";
    throw new PosyError("filesystem", `\`${folder}\` has something in it already`, { hint });
  }
  const fill = async (target: string) => {
    for (const [path, text] of files) {
      await mkdir(dirname(join(target, path)), { recursive: true });
      await writeFile(join(target, path), text, { flag: "wx" });
    }
  };
  await buildBeside(folder, dirname(folder), fill, async () => (await contentsOf(folder))?.length !== 0);
}

/** Undefined where there is no folder. */
async function contentsOf(folder: string): Promise<readonly string[] | undefined> {
  return readdir(folder).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw asPosyError(error, `looking into \`${folder}\``);
  });
}
