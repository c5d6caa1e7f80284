import { readdirSync } from "node:fs";
import { join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";

/**
 * Returns the error for a path of an archive that the disk has already with another spelling, or undefined if it has
 * not. `root` is the folder that the archive `label` is unpacked into, and `path` has forward slashes.
 */
export function oneFileRefusal(label: string, root: string, path: string): PosyError | undefined {
  const spelled = spellingOnDisk(root, path);
  if (spelled === "" || path === spelled || path.startsWith(`${spelled}/`)) return undefined;
  const names = `${JSON.stringify(spelled)} and ${JSON.stringify(path)}`;
  return new PosyError(
    "filesystem",
    `\`${label}\` can't be unpacked on this disk, which ignores case: it has ${names}`,
    {
      hint: "set POSY_HOME to a folder on a disk that tells upper and lower case apart",
    },
  );
}

/** Returns a path as the disk spells it, `a/README` for `A/readme`, as far as it exists. */
function spellingOnDisk(root: string, path: string): string {
  let spelled = "";
  for (const name of path.split("/")) {
    const names = namesIn(join(root, spelled));
    const found = names.includes(name) ? name : names.find((other) => folded(other) === folded(name));
    if (found === undefined) break;
    spelled = spelled === "" ? found : `${spelled}/${found}`;
  }
  return spelled;
}

/** Disks that ignore case compare accents in one form, too. */
const folded = (name: string) => name.normalize("NFC").toLowerCase();

/** A file in the way of a folder has no names. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
