import { type NewZipMember, writeZip } from "../../system/archives/index.ts";
import type { ApplicationTree } from "../index.ts";

/**
 * Writes a zip of an application. All files are in the folder `top`. `time` is in seconds since 1970; zip has no years
 * before 1980.
 */
export async function writeZipArchive(
  tree: ApplicationTree,
  path: string,
  { top, time }: { readonly top: string; readonly time: number },
): Promise<void> {
  await writeZip(path, members(tree, top), { time });
}

function* members(tree: ApplicationTree, top: string): Iterable<NewZipMember> {
  for (const entry of tree.entries) {
    const path = `${top}/${entry.path}`;
    if (entry.kind === "symlink") {
      yield { kind: "symlink", path, mode: 0o777, data: entry.target };
    } else {
      const { source, executable } = entry;
      const data = "bytes" in source ? source.bytes : { file: source.path };
      yield { kind: "file", path, mode: executable ? 0o755 : 0o644, data };
    }
  }
}
