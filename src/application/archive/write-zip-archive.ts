import { type NewZipMember, writeZip } from "../../system/archives/index.ts";
import type { ApplicationTree } from "../tree/index.ts";
import { zipMember } from "./zip-member.ts";

/**
 * Writes a zip of an application. All files are in the folder `top`, unless that is empty. `time` is in seconds since
 * 1970; zip has no years before 1980.
 */
export async function writeZipArchive(
  tree: ApplicationTree,
  path: string,
  { top, time }: { readonly top: string; readonly time: number },
): Promise<void> {
  await writeZip(path, members(tree, top), { time });
}

function* members(tree: ApplicationTree, top: string): Iterable<NewZipMember> {
  for (const entry of tree.entries) yield zipMember(entry, top === "" ? entry.path : `${top}/${entry.path}`);
}
