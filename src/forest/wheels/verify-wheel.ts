import { markName, readMark } from "../../system/fs/index.ts";
import { compareFolder, type Damage, type VerifyOptions } from "../damage/index.ts";
import { fileListName, readFileList } from "./file-list.ts";

/**
 * Compares a stored wheel with the list of its files, which was written from the content of the wheel. Returns what
 * is wrong. A wheel without a list (an earlier Posy unpacked it, or the list is damaged) is wrong as a whole. Throws
 * errors of the file system that do not come from a damaged file.
 */
export async function verifyWheel(dir: string, options: VerifyOptions): Promise<readonly Damage[]> {
  const expected = readFileList(dir);
  if (expected === undefined) return [{ path: fileListName, kind: "changed" }];
  const ignored = new Set([fileListName, markName]);
  return compareFolder(dir, expected, { ...options, published: readMark(dir)?.published, ignored });
}
