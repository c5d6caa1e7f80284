import { PosyError } from "../../../errors/posy-error.ts";
import { openZipFile, type ZipFile, ZipRefusal } from "../../../system/archives/index.ts";
import { type Finding, finding } from "./rules.ts";

/** Opens a pybi as the strict reader does, for any platform; or the finding that says why it can't be read. */
export function openChecked(path: string, label: string, foldNames: boolean): ZipFile | Finding {
  try {
    return openZipFile(path, { label, names: "portable", foldNames });
  } catch (error) {
    if (!(error instanceof PosyError) || error.code !== "invalid-archive") throw error;
    return archiveFinding(error);
  }
}

/** The rule is the one that the reader names; `archive` for all that it has no name for. */
export function archiveFinding({ message, cause }: PosyError, path?: string): Finding {
  return finding(cause instanceof ZipRefusal ? cause.kind : "archive", message, path);
}
