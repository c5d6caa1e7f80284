import type { Damage } from "./damage.ts";
import { damageOf } from "./damaged-entry.ts";
import { digestOfFile } from "./digest-of-file.ts";

/** Compares the content of a file with its SHA-256. The damage has an empty path. */
export function verifyFile(path: string, sha256: string): readonly Damage[] {
  const kind = damageOf(() => digestOfFile(path, "sha256") === sha256);
  return kind === undefined ? [] : [{ path: "", kind }];
}
