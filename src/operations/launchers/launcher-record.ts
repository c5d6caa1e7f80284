import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { launchedPythonFile } from "../../forest/roots/index.ts";
import { isWithoutLinks, replaceLink } from "../../project/index.ts";
import { type Home, removeTree, textIfThere, writeAtomic } from "../../system/fs/index.ts";

/** The programs of one Python in a folder of the user: `python3.13`; or `python` and `python3`. */
export interface LauncherRecord {
  /** The minor version: `3.13`, `3.13t`, `pypy3.10`; `default` for `python` and `python3`. */
  readonly name: string;
  /** The absolute folder of the programs. */
  readonly bin: string;
  /** The names of the programs, without an ending. */
  readonly programs: readonly string[];
  /** For `default`: the minor version that is started outside of projects. */
  readonly python?: string | undefined;
}

const schema = v.object({
  bin: v.string(),
  programs: v.array(v.string()),
  python: v.optional(v.string()),
});

/** Returns the folder of a launcher: its record, and for a minor version the link `python` to the interpreter. */
export function launcherFolder(name: string, { launchers }: Pick<Home, "launchers">): string {
  return join(launchers, name);
}

/** Returns all records, by name. A damaged one is left out: installing the launcher again writes it. */
export async function launcherRecords(home: Pick<Home, "launchers">): Promise<readonly LauncherRecord[]> {
  const records: LauncherRecord[] = [];
  const names: string[] = await readdir(home.launchers).catch(() => []);
  for (const name of names.sort()) {
    try {
      const text = await textIfThere(join(launcherFolder(name, home), "launcher.json"));
      if (text !== undefined) records.push({ name, ...v.parse(schema, JSON.parse(text)) });
    } catch {}
  }
  return records;
}

/** Writes a record. */
export async function writeLauncherRecord(
  { name, ...record }: LauncherRecord,
  home: Pick<Home, "launchers">,
): Promise<void> {
  const folder = launcherFolder(name, home);
  await mkdir(folder, { recursive: true });
  await writeAtomic(join(folder, "launcher.json"), `${JSON.stringify(record, undefined, 2)}\n`);
}

/**
 * Makes a launcher start the interpreter `root`. Returns the folder through which its program starts it: a link, which
 * is replaced in one step; or `root` itself on a disk of Windows without links.
 */
export async function linkPython(name: string, root: string, home: Pick<Home, "launchers">): Promise<string> {
  const folder = launcherFolder(name, home);
  const link = join(folder, "python");
  await mkdir(folder, { recursive: true });
  try {
    await replaceLink(link, root);
    await removeTree(join(folder, launchedPythonFile));
    return link;
  } catch (error) {
    if (process.platform !== "win32" || !isWithoutLinks(error)) throw error;
    await writeAtomic(join(folder, launchedPythonFile), root);
    return root;
  }
}

export async function removeLauncherRecord(name: string, home: Pick<Home, "launchers">): Promise<void> {
  await removeTree(launcherFolder(name, home));
}
