import {
  type Dirent,
  lstatSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  type Stats,
} from "node:fs";
import { addedAt, changedBytecode, type Damage, damageOf, entriesOf } from "../damage/index.ts";
import type { FolderNode, TreeNode } from "./plan/link-tree.ts";
import type { OwnFile } from "./plan/own-file.ts";
import { type EnvContents, planEnv } from "./plan/plan-env.ts";
import { readMarkOfEnv, sealName } from "./seal.ts";

/**
 * Compares an Env with its plan, and returns what is wrong: links that lead elsewhere, files with other content, and
 * entries that are missing or were added. Files that are the same file as in the store are right, since `verifyWheel`
 * compares those. Copies are compared with the file in the store: their content with `full` or if they were written
 * to after the Env was made, else their size. Throws errors of the file system that do not come from the Env.
 */
export function verifyEnv(contents: EnvContents, full: boolean): readonly Damage[] {
  const plan = planEnv(contents);
  const published = full ? undefined : readMarkOfEnv(contents.prefix)?.published;
  const damages: Damage[] = [];
  const visit = (node: FolderNode, folder: string, inside: string): void => {
    const missing = new Map(node.children);
    if (inside === "") missing.delete(sealName);
    for (const entry of entriesOf(folder)) {
      const { name } = entry;
      const planned = node.children.get(name);
      missing.delete(name);
      const path = `${folder}/${name}`;
      const insidePath = inside === "" ? name : `${inside}/${name}`;
      if (planned === undefined) {
        if (insidePath !== sealName) damages.push(...addedAt(path, insidePath, entry));
      } else if (name === "__pycache__") {
        damages.push(...bytecodeDamage(planned, path, insidePath, entry));
      } else if (planned.kind === "folder") {
        if (entry.isDirectory()) visit(planned, path, insidePath);
        else damages.push({ path: insidePath, kind: "changed" });
      } else {
        const kind = damageOf(() => isAsPlanned(planned, path, published));
        if (kind !== undefined) damages.push({ path: insidePath, kind });
      }
    }
    for (const name of missing.keys()) {
      damages.push({ path: inside === "" ? name : `${inside}/${name}`, kind: "missing" });
    }
  };
  visit(plan.root, contents.prefix, "");
  return damages;
}

/** A `__pycache__` is a folder, or a link to the one in the store. */
function bytecodeDamage(planned: TreeNode, path: string, inside: string, entry: Dirent): readonly Damage[] {
  const isLink = planned.kind === "link" && damageOf(() => leadsTo(path, planned.target)) === undefined;
  return isLink ? [] : changedBytecode(path, inside, entry);
}

function isAsPlanned(
  planned: Exclude<TreeNode, FolderNode>,
  path: string,
  published: number | undefined,
): boolean {
  if (planned.kind === "own") return isOwnFile(planned.file, path, published);
  const { target, isFolder } = planned;
  return isFolder ? leadsTo(path, target) : isSameFile(path, target, published);
}

function isOwnFile(file: OwnFile, path: string, published: number | undefined): boolean {
  if (file.kind === "symlink") return leadsTo(path, file.target);
  if (file.kind === "file") return isSameFile(path, file.source, published);
  const stats = lstatSync(path);
  return (
    stats.isFile() &&
    isExecutable(stats) >= Number(file.executable ?? 0) &&
    readFileSync(path).equals(Buffer.from(file.read() as string))
  );
}

function isExecutable({ mode }: Stats): number {
  return process.platform === "win32" || (mode & 0o100) !== 0 ? 1 : 0;
}

/** Whether a path is a link with this target. Windows changes how the target of a junction is written. */
function leadsTo(path: string, target: string): boolean {
  if (!lstatSync(path).isSymbolicLink()) return false;
  if (readlinkSync(path) === target) return true;
  return process.platform === "win32" && realpathSync(path) === realpathSync(target);
}

/** Whether a file is a hard link to another one, a symbolic link to it, or a copy. */
function isSameFile(path: string, source: string, published: number | undefined): boolean {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return leadsTo(path, source);
  const original = statSync(source);
  if (!stats.isFile()) return false;
  if (stats.ino === original.ino && stats.dev === original.dev && stats.ino !== 0) return true;
  if (stats.size !== original.size || isExecutable(stats) < isExecutable(original)) return false;
  if (published !== undefined && stats.mtimeMs <= published) return true;
  return readFileSync(path).equals(readFileSync(source));
}
