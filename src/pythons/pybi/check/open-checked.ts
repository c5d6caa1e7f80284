import { PosyError } from "../../../errors/posy-error.ts";
import { openZipFile, type ZipFile, ZipRefusal } from "../../../system/archives/index.ts";
import { type Finding, finding } from "./rules.ts";

/** Opens a pybi by the strict rules for any platform. Returns a finding if it can't be read. */
export function openChecked(path: string, label: string, foldNames: boolean): ZipFile | Finding {
  try {
    return openZipFile(path, { label, names: "portable", foldNames });
  } catch (error) {
    if (!(error instanceof PosyError) || error.code !== "invalid-archive") throw error;
    return archiveFinding(error);
  }
}

/** Returns the finding for an error of the zip reader. Its rule is `archive` unless the reader names another. */
export function archiveFinding({ message, cause }: PosyError, path?: string): Finding {
  return finding(cause instanceof ZipRefusal ? cause.kind : "archive", message, path);
}
