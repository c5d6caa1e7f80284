import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { isHeld, removeAll, temporaryPath } from "../../system/fs/index.ts";
import { batchLauncher, isWindowed, loadLaunchers, programLauncher } from "../launchers/index.ts";

/** The file in such a folder that has the prefix of the Env. project/env-link reads it. */
export const folderMarker = "posy-env.txt";

/**
 * Makes a folder that stands for an Env on a disk of Windows that cannot have links. It has the shape of a venv: a
 * `pyvenv.cfg`, `Scripts` with a small program for each program of the Env, which starts that one, and a `.pth` file by
 * which editors find the packages. A folder of an earlier Env is changed in place, since Windows does not remove the
 * programs that an editor has started.
 */
export async function writeEnvFolder(folder: string, prefix: string): Promise<void> {
  const scripts = join(prefix, "Scripts");
  const launchers = await loadLaunchers(`windows-${process.arch === "arm64" ? "arm64" : "x86_64"}`);
  const files = new Map<string, Buffer>();
  for (const name of ["pyvenv.cfg", "pip.ini"]) files.set(name, await readFile(join(prefix, name)));
  const packages = join(prefix, "Lib", "site-packages");
  files.set(join("Lib", "site-packages", "posy.pth"), Buffer.from(`${packages}\r\n`));
  for (const name of await readdir(scripts)) {
    const program = join(scripts, name);
    const ending = extname(name).toLowerCase();
    const inside = join("Scripts", name);
    if (ending === ".exe") files.set(inside, programLauncher(launchers, program, await isWindowed(program)));
    else if (ending === ".cmd" || (ending === ".bat" && !/^(de)?activate\.bat$/.test(name)))
      files.set(inside, batchLauncher(join(folder, "Scripts"), program));
    else if (/^(de)?activate(\.bat|\.ps1)?$/i.test(name)) files.set(inside, await readFile(program));
  }
  const marker = join(folder, folderMarker);
  await rm(marker, { force: true });
  for (const parent of ["Scripts", join("Lib", "site-packages")])
    await mkdir(join(folder, parent), { recursive: true });
  for (const [name, content] of files) {
    const path = join(folder, name);
    const before = await readFile(path).catch(() => undefined);
    if (before === undefined || !content.equals(before)) await replaceFile(path, content);
  }
  for (const name of await readdir(join(folder, "Scripts"))) {
    // A program that is running stays until the next change.
    if (!files.has(join("Scripts", name))) {
      await removeAll(join(folder, "Scripts", name)).catch(() => {});
    }
  }
  await writeFile(marker, prefix);
}

/** Writes a file. Windows does not overwrite a program that is running, but renames it: it is removed later. */
async function replaceFile(path: string, content: Buffer): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
    if (!isHeld(error)) throw error;
    await rename(path, temporaryPath(dirname(path), "old"));
    await writeFile(path, content);
  }
}
