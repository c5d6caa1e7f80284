import { existsSync, readlinkSync } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { copyTree } from "./copy-tree.ts";
import { isIgnoredSource } from "./source-ignore.ts";
import { readBuildHints } from "./build-file-heuristics.ts";
import { repositoryRoot } from "./history-files.ts";
import { lstatIfThere, statIfThere } from "../../system/fs/index.ts";

/**
 * Copies the sources of a local project. Returns false if the project needs files outside its folder: then it is built
 * in its own folder, as pip and uv always do. A copy is better where it works: builds leave `build` and `.egg-info` in
 * the tree, and later wheels would contain stale files. A copy does not work if the folder is a part of a larger
 * repository or names something outside, such as its README, its workspace or another crate. For that reason pip
 * stopped copying.
 */
export async function copyProject(root: string, project: string, into: string): Promise<boolean> {
  const { usesHistory, usesOutside } = readBuildHints(project);
  const top = repositoryRoot(project);
  if (usesOutside || (top !== undefined && top !== resolve(root))) return false;
  const git = join(root, ".git");
  const hasHistory = top !== undefined && statIfThere(git)?.isDirectory() === true;
  const isHardToCopy = !hasHistory || existsSync(join(root, ".gitmodules"));
  if (usesHistory && top !== undefined && isHardToCopy) return false;
  let hasOutsideLink = false;
  await copyTree(root, into, {
    isSkipped: (path, entry) => {
      if (entry.isSymbolicLink()) hasOutsideLink ||= linksOutside(root, path);
      // The copy itself may be in the folder, as with a temporary folder inside a project.
      if (resolve(root, path) === resolve(into)) return true;
      return isIgnoredSource(dirname(join(root, path)), entry.name, entry.isDirectory());
    },
  });
  if (hasOutsideLink) return false;
  if (hasHistory) await copyHistory(git, join(into, ".git"));
  return true;
}

/** Whether a link is relative and leads out of the folder, so that it would lead elsewhere in a copy. */
function linksOutside(root: string, path: string): boolean {
  const target = readlinkSync(join(root, path));
  if (isAbsolute(target)) return false;
  const reached = relative(root, resolve(dirname(join(root, path)), target));
  return reached.startsWith("..") || isAbsolute(reached);
}

/**
 * Makes a separate repository with the same history. It shares the objects of the original, and git in the copy writes
 * nothing into the original.
 */
async function copyHistory(from: string, into: string): Promise<void> {
  await mkdir(join(into, "objects", "info"), { recursive: true });
  await writeFile(join(into, "objects", "info", "alternates"), `${join(from, "objects")}\n`);
  for (const name of ["HEAD", "config", "packed-refs", "index", "shallow"]) {
    const stats = lstatIfThere(join(from, name));
    if (stats?.isFile()) await copyFile(join(from, name), join(into, name));
  }
  for (const name of ["refs", "reftable", "info"]) {
    if (name === "reftable" && !existsSync(join(from, name))) continue;
    await mkdir(join(into, name));
    if (existsSync(join(from, name))) await copyTree(join(from, name), join(into, name));
  }
}
