import { readFileSync } from "node:fs";
import { join } from "node:path";
import { markName, readMark } from "../../system/fs/index.ts";
import { parseRecord } from "../../vocab/metadata/index.ts";
import { compareFolder, type Damage, type Expected, type VerifyOptions } from "../damage/index.ts";

export const recordPath = "pybi-info/RECORD";

/**
 * Compares a stored interpreter with its RECORD (PEP 711), which names every file and link. Returns what is wrong. An
 * interpreter whose RECORD is missing or damaged is wrong as a whole. Throws errors of the file system that do not
 * come from a damaged file.
 */
export async function verifyInterpreter(root: string, options: VerifyOptions): Promise<readonly Damage[]> {
  const expected = readRecord(root);
  if (expected === undefined) return [{ path: recordPath, kind: "changed" }];
  const ignored = new Set([recordPath, markName]);
  return compareFolder(root, expected, { ...options, published: readMark(root)?.published, ignored });
}

/** Returns undefined if RECORD is damaged. Posy writes its row of itself last, so a truncated one lacks it. */
function readRecord(root: string): ReadonlyMap<string, Expected> | undefined {
  const expected = new Map<string, Expected>();
  try {
    const text = readFileSync(join(root, recordPath), "utf8");
    const rows = parseRecord(text);
    if (text.includes("\0") || rows.at(-1)?.path !== recordPath) return undefined;
    for (const { path, symlink, size, hash } of rows) {
      // RECORD has no hash of itself. A row of a folder says nothing.
      if (path === recordPath || path.endsWith("/")) continue;
      expected.set(path, symlink === undefined ? { size, hash, executable: isPython(path) } : { symlink });
    }
  } catch {
    return undefined;
  }
  return expected;
}

/** RECORD has no modes, and only Python itself is certainly executable. */
function isPython(path: string): boolean {
  return /^bin\/(python|pypy)[\d.]*t?$/.test(path);
}
