import { chmodSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Sealing an Env: how Posy prevents that another program changes it, and notices if one did.
 *
 * The folders of an Env are read-only for their owner. That stops pip, uv and `setup.py install`, but not root and not
 * on Windows. So the folders also get a fixed modification time. Adding, removing or replacing an entry changes the
 * time of its folder, and one `stat` for each folder shows that. The list of the folders is in `posy-env.json`, which
 * has the same time. A copy of the store may lose the times, and some file systems do not keep them: then this file has
 * another time as well, and nothing is compared.
 */
const sealName = "posy-env.json";

/** 2000-01-01, in seconds. Any time in the past serves. */
const sealTime = 946_684_800;

interface Seal {
  readonly sealVersion: 1;
  /** The sealed folders, relative to the prefix: "" for the prefix itself. */
  readonly folders: readonly string[];
}

/**
 * Seals an Env that is not in place yet: `folders` become read-only and get the fixed time, `others` become read-only.
 * The prefix stays writable, since only a folder that is writable can be moved; `finishSeal` does the rest.
 */
export function sealEnv(dir: string, folders: readonly string[], others: readonly string[]): void {
  const seal: Seal = { sealVersion: 1, folders };
  writeFileSync(join(dir, sealName), `${JSON.stringify(seal)}\n`);
  for (const folder of [...folders, ...others]) if (folder !== "") makeReadOnly(join(dir, folder));
  for (const folder of folders) setSealTime(join(dir, folder));
  const keepsTimes = folders.every((folder) => hasSealTime(join(dir, folder)));
  if (keepsTimes) setSealTime(join(dir, sealName));
}

/** Seals the prefix of an Env that was moved to its path. */
export function finishSeal(prefix: string): void {
  makeReadOnly(prefix);
  setSealTime(prefix);
}

/** Whether a folder is an Env that Posy made. */
export function isSealedEnv(prefix: string): boolean {
  return readSeal(prefix) !== undefined;
}

/** Whether no program has changed an Env since it was sealed. True as well if that cannot be known. */
export function isIntact(prefix: string): boolean {
  const seal = readSeal(prefix);
  if (seal === undefined) return false;
  if (!hasSealTime(join(prefix, sealName))) return true;
  return seal.folders.every((folder) => hasSealTime(join(prefix, folder)));
}

/** The names that a changed Env has and a new one of the same packages does not have. */
export function addedEntries(changed: string, fresh: string): readonly string[] {
  const folders = readSeal(fresh)?.folders ?? [];
  const added = folders.flatMap((folder) => {
    const expected = new Set(namesIn(join(fresh, folder)));
    return namesIn(join(changed, folder)).filter((name) => !expected.has(name) && name !== "__pycache__");
  });
  // A program of a package often has the same name as the package.
  return [...new Set(added)];
}

function readSeal(prefix: string): Seal | undefined {
  try {
    const seal = JSON.parse(readFileSync(`${prefix}/${sealName}`, "utf8")) as Seal;
    return seal.sealVersion === 1 && Array.isArray(seal.folders) ? seal : undefined;
  } catch {
    return undefined;
  }
}

/** Windows has no modes of folders. */
function makeReadOnly(folder: string): void {
  if (process.platform !== "win32") chmodSync(folder, statSync(folder).mode & 0o555);
}

function setSealTime(path: string): void {
  utimesSync(path, sealTime, sealTime);
}

function hasSealTime(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs === sealTime * 1000;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
