import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { Damage } from "../../forest/damage/index.ts";
import { asPosyError, errnoOf, sha256OfFile } from "../../system/fs/index.ts";
import { type ManifestFile, manifestName, readManifest } from "./manifest.ts";

/**
 * Compares the folder of an application with its manifest, and returns what is wrong, sorted by path. Every file is
 * hashed. Bytecode that Python wrote after the export does not count. Throws `not-found` without a manifest,
 * `invalid-manifest`, and errors of the file system.
 */
export async function verifyFolder(folder: string): Promise<readonly Damage[]> {
  const { files, platform } = await readManifest(folder);
  const hasModes = process.platform !== "win32" && !platform.startsWith("windows-");
  const damages: Damage[] = [];
  try {
    for (const [path, wanted] of Object.entries(files)) {
      const kind = await damageOf(join(folder, ...path.split("/")), wanted, hasModes);
      if (kind !== undefined) damages.push({ path, kind });
    }
    damages.push(...(await addedBelow(folder, "", new Set([manifestName, ...Object.keys(files)]))));
  } catch (error) {
    throw asPosyError(error, `verifying \`${folder}\``);
  }
  return damages.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function damageOf(
  path: string,
  wanted: ManifestFile,
  hasModes: boolean,
): Promise<Damage["kind"] | undefined> {
  try {
    const stats = await lstat(path);
    if ("link" in wanted) {
      return stats.isSymbolicLink() && (await readlink(path)) === wanted.link ? undefined : "changed";
    }
    if (!stats.isFile() || stats.size !== wanted.size) return "changed";
    if (hasModes && wanted.executable === true && (stats.mode & 0o100) === 0) return "changed";
    return (await sha256OfFile(path)) === wanted.sha256 ? undefined : "changed";
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errnoOf(error))) return "missing";
    throw error;
  }
}

async function addedBelow(
  folder: string,
  inside: string,
  known: ReadonlySet<string>,
): Promise<readonly Damage[]> {
  const damages: Damage[] = [];
  for (const child of await readdir(join(folder, inside), { withFileTypes: true })) {
    const path = inside === "" ? child.name : `${inside}/${child.name}`;
    if (child.isDirectory()) damages.push(...(await addedBelow(folder, path, known)));
    else if (!known.has(path) && !/(^|\/)__pycache__\/[^/]+\.pyc$/.test(path))
      damages.push({ path, kind: "added" });
  }
  return damages;
}
