import { copyFileSync, linkSync, mkdirSync, symlinkSync } from "node:fs";
import { errnoOf } from "../system/files.ts";
import type { FolderNode } from "./link-tree.ts";

/**
 * Writes a tree of links below `into`, which is there. On Windows, where symbolic links want a privilege, folders
 * are junctions and files hard links.
 */
export function writeLinks(node: FolderNode, into: string, windows: boolean): void {
  for (const [name, child] of node.children) {
    const path = `${into}/${name}`;
    if (child.kind === "folder") {
      mkdirSync(path);
      writeLinks(child, path, windows);
    } else if (child.kind === "link") {
      if (!windows) symlinkSync(child.target, path);
      else if (child.isFolder) symlinkSync(child.target, path, "junction");
      else linkFile(child.target, path);
    }
  }
}

/** A hard link, or a copy where the file system or the distance does not allow one. */
export function linkFile(target: string, path: string): void {
  try {
    linkSync(target, path);
  } catch (error) {
    if (!["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "ENOSYS", "EOPNOTSUPP"].includes(errnoOf(error)))
      throw error;
    copyFileSync(target, path);
  }
}
