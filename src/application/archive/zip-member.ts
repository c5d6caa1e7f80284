import type { NewZipMember } from "../../system/archives/index.ts";
import type { TreeEntry } from "../tree/index.ts";

/** Returns an entry of an application as a member of a zip, at another path. */
export function zipMember(entry: TreeEntry, path: string): NewZipMember {
  if (entry.kind === "symlink") return { kind: "symlink", path, mode: 0o777, data: entry.target };
  const { source, executable } = entry;
  const data = "bytes" in source ? source.bytes : { file: source.path };
  return { kind: "file", path, mode: executable ? 0o755 : 0o644, data };
}
