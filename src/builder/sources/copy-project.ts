import { existsSync, lstatSync, readlinkSync, statSync } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { copyTree } from "./copy-tree.ts";
import { isIgnoredSource } from "./source-ignore.ts";
import { readDeclarations, topOfHistory } from "./build-file-heuristics.ts";

/**
 * Copies the sources of a local project, or tells that it is no whole of its own (false): then it is built where it is, as pip and uv
 * do with all. A copy is better where it will do: builds leave `build` and `.egg-info` in the tree, which later wheels
 * take stale files from. It won't where the folder is part of a larger repository or names something outside, such as
 * its README, its workspace or the crate beside it: that is why pip gave copies up.
 */
export async function copyProject(root: string, project: string, into: string): Promise<boolean> {
  const { askHistory, reachOut } = readDeclarations(project);
  const top = topOfHistory(project);
  if (reachOut || (top !== undefined && top !== resolve(root))) return false;
  const git = join(root, ".git");
  const hasHistory = top !== undefined && statSync(git, { throwIfNoEntry: false })?.isDirectory() === true;
  const isHard = !hasHistory || existsSync(join(root, ".gitmodules"));
  if (askHistory && top !== undefined && isHard) return false;
  let leads = false;
  await copyTree(root, into, {
    isLeft: (path, entry) => {
      if (entry.isSymbolicLink()) leads ||= leadsOut(root, path);
      return isIgnoredSource(dirname(join(root, path)), entry.name, entry.isDirectory());
    },
  });
  if (leads) return false;
  if (hasHistory) await copyHistory(git, join(into, ".git"));
  return true;
}

/** A relative link that would lead elsewhere in a copy. */
function leadsOut(root: string, path: string): boolean {
  const target = readlinkSync(join(root, path));
  if (isAbsolute(target)) return false;
  const reached = relative(root, resolve(dirname(join(root, path)), target));
  return reached.startsWith("..") || isAbsolute(reached);
}

/** A repository of its own with the same history: objects are borrowed, and git asked in the copy writes nothing into the original. */
async function copyHistory(from: string, into: string): Promise<void> {
  await mkdir(join(into, "objects", "info"), { recursive: true });
  await writeFile(join(into, "objects", "info", "alternates"), `${join(from, "objects")}\n`);
  for (const name of ["HEAD", "config", "packed-refs", "index", "shallow"]) {
    const found = lstatSync(join(from, name), { throwIfNoEntry: false });
    if (found?.isFile()) await copyFile(join(from, name), join(into, name));
  }
  for (const name of ["refs", "info"]) {
    await mkdir(join(into, name));
    if (existsSync(join(from, name))) await copyTree(join(from, name), join(into, name));
  }
}
