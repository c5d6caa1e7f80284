import { PosyError } from "../../errors/posy-error.ts";
import { openZipFile, type ZipFile } from "../../system/zip/open-zip-file.ts";
import { type Finding, finding, type Rule } from "./rules.ts";

/** Which rule of the format it is that an archive was refused for, by what the strict reader says. */
const refusals: readonly (readonly [RegExp, Rule])[] = [
  [/ is a symlink that others lie in$/, "member-through-link"],
  [/ is there twice$| are one file here$| is a file that others lie in$/, "member-twice"],
  [
    / (has a control character|has a backslash|is absolute|has a drive|leaves the archive's root|is empty|has a character that Windows does not allow|ends with a dot or a space|is a device of Windows|is the archive's root)$/,
    "member-name",
  ],
];

/** Opens a pybi as the strict reader does, for any platform; or the finding that says why it can't be read. */
export function openChecked(path: string, label: string, foldNames: boolean): ZipFile | Finding {
  try {
    return openZipFile(path, { label, names: "portable", foldNames });
  } catch (error) {
    if (!(error instanceof PosyError) || error.code !== "invalid-archive") throw error;
    return archiveFinding(error);
  }
}

export function archiveFinding({ message }: PosyError, path?: string): Finding {
  const rule = refusals.find(([pattern]) => pattern.test(message))?.[1] ?? "archive";
  return finding(rule, message, path);
}
