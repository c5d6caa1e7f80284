import { statSync } from "node:fs";
import type { FolderNode } from "../../forest/envs/index.ts";
import { type TreeEntry, sortedEntries } from "../tree/index.ts";
import type { ApplicationLayout } from "./layout.ts";

/** Returns the files and links below a planned folder, sorted by path as UTF-8 bytes. */
export function treeEntries(root: FolderNode, layout: ApplicationLayout): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  const visit = (node: FolderNode, folder: string): void => {
    for (const [name, child] of node.children) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (child.kind === "folder") {
        visit(child, path);
        continue;
      }
      const { owner } = child;
      if (child.kind === "link") {
        const executable = isExecutable(path, child.target, layout);
        entries.push({ kind: "file", path, owner, executable, source: { path: child.target } });
      } else if (child.file.kind === "symlink") {
        entries.push({ kind: "symlink", path, owner, target: child.file.target });
      } else if (child.file.kind === "file") {
        entries.push({
          kind: "file",
          path,
          owner,
          executable: path.startsWith(`${layout.scripts}/`) || isExecutable(path, child.file.source, layout),
          source: { path: child.file.source },
        });
      } else {
        const bytes = Buffer.from(child.file.read());
        const executable = layout.windows ? path.endsWith(".exe") : child.file.executable === true;
        entries.push({ kind: "file", path, owner, executable, source: { bytes } });
      }
    }
  };
  visit(root, "");
  return sortedEntries(entries);
}

/**
 * Whether a file of the store is a program. Windows has no such mode: there, a name says what a file of an application
 * for another platform is.
 */
function isExecutable(path: string, source: string, { windows, scripts }: ApplicationLayout): boolean {
  if (windows) return /\.(exe|dll|bat|cmd)$/i.test(path);
  if (process.platform === "win32") return path.startsWith(`${scripts}/`);
  return (statSync(source).mode & 0o100) !== 0;
}
