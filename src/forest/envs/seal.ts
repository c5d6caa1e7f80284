import { chmodSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isThisBoot } from "../../system/fs/boot-id.ts";
import { type EntryMark, newMark, settledTime } from "../../system/fs/entry-mark.ts";

/**
 * Sealing an Env: how Posy prevents that another program changes it, and notices if one did.
 *
 * The folders of an Env are read-only for their owner. That stops pip, uv and `setup.py install`, but not root and
 * not on Windows. So the folders also get a fixed modification time. Adding, removing or replacing an entry changes
 * the time of its folder, and one `stat` for each folder shows that. The list of the folders is in `posy-env.json`,
 * which has a fixed time, too. A copy of the store may lose the times, and some file systems do not keep them: then
 * this file has another time as well, and nothing is compared.
 *
 * `posy-env.json` is also the mark of the Env (`entry-mark.ts`): it has the boot in which the Env was made, and its
 * own time says whether the Env is settled, that is, known to be on the disk.
 */
export const sealName = "posy-env.json";

/**
 * The time of sealed folders and of the seal of a settled Env: 2000-01-01, in seconds. Any time in the past serves.
 */
const sealTime = settledTime;

/** The time of the seal of an Env that is not settled: a day later. */
const unsettledTime = sealTime + 24 * 3600;

/** Seals of earlier Posys have no mark. */
interface Seal extends Partial<EntryMark> {
  readonly sealVersion: 1;
  /** The sealed folders, relative to the prefix: "" for the prefix itself. */
  readonly folders: readonly string[];
}

/**
 * Seals an Env that is not in place yet: `folders` become read-only and get the fixed time, `others` become
 * read-only. The prefix stays writable, since only a folder that is writable can be moved; `finishSeal` does the
 * rest.
 */
export function sealEnv(dir: string, folders: readonly string[], others: readonly string[]): void {
  const seal = { sealVersion: 1, folders, ...newMark() } as const satisfies Seal;
  const path = join(dir, sealName);
  writeFileSync(path, formatSeal(seal));
  // The clock of a file server may be ahead. No file of the Env may be newer than the Env.
  const { mtimeMs } = statSync(path);
  if (mtimeMs > seal.published) writeFileSync(path, formatSeal({ ...seal, published: Math.ceil(mtimeMs) }));
  for (const folder of [...folders, ...others]) if (folder !== "") makeReadOnly(join(dir, folder));
  for (const folder of folders) setTime(join(dir, folder), sealTime);
  const keepsTimes = folders.every((folder) => timeOf(join(dir, folder)) === sealTime);
  if (keepsTimes) setTime(join(dir, sealName), unsettledTime);
}

/**
 * Seals the prefix of an Env that was moved to its path. Does nothing if the Env belongs to another member of the group
 * that shares the store: that user's Posy has sealed it.
 */
export function finishSeal(prefix: string): void {
  try {
    makeReadOnly(prefix);
    setTime(prefix, sealTime);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}

/**
 * Records that a sealed Env was read completely and is right, and that its content is on the disk: it was made in an
 * earlier boot, or the disk was synced. On a disk that does not keep times, the Env gets a mark of this boot: then it
 * is verified once after each start of the machine. Does nothing if the Env cannot be written to, or has no seal.
 */
export function settleEnv(prefix: string): void {
  const seal = readSeal(prefix);
  if (seal === undefined) return;
  const path = join(prefix, sealName);
  try {
    // A copy of the store has lost the times of the folders.
    for (const folder of seal.folders) setTime(join(prefix, folder), sealTime);
    const keepsTimes = seal.folders.every((folder) => timeOf(join(prefix, folder)) === sealTime);
    const mark = { ...newMark(), ...(seal.published === undefined ? {} : { published: seal.published }) };
    if (!keepsTimes || seal.boot === undefined) writeFileSync(path, formatSeal({ ...seal, ...mark }));
    if (keepsTimes) setTime(path, sealTime);
  } catch {
    // A store of another user, or a read-only disk.
  }
}

/**
 * Makes an Env `unverified`, because a wheel or an interpreter that it links to was made again: it is compared with
 * them before it is used again. Does nothing if the Env cannot be written to.
 */
export function unsealEnv(prefix: string): void {
  const seal = readSeal(prefix);
  if (seal === undefined) return;
  try {
    writeFileSync(join(prefix, sealName), formatSeal({ sealVersion: 1, folders: seal.folders }));
  } catch {
    // A store of another user, or a read-only disk.
  }
}

/** Whether an Env is known to be on the disk. */
export function isSettledEnv(prefix: string): boolean {
  return timeOf(join(prefix, sealName)) === sealTime;
}

/** Returns when an Env was made, and in which boot; undefined if its seal is missing or damaged. */
export function readMarkOfEnv(prefix: string): EntryMark | undefined {
  const { boot, published } = readSeal(prefix) ?? {};
  return boot === undefined || published === undefined ? undefined : { boot, published };
}

/** Whether a folder is an Env that Posy made. */
export function isSealedEnv(prefix: string): boolean {
  return readSeal(prefix) !== undefined;
}

/**
 * The state of an Env. `intact`: it may be used. `changed`: another program added, removed or replaced something.
 * `unverified`: it was made before this machine was started and is not settled, so a power cut may have damaged it,
 * or it has no seal.
 */
export type EnvState = "intact" | "changed" | "unverified";

/** What the seal of an Env says. */
export interface SealedState {
  readonly state: EnvState;
  /**
   * When the Env was made, in milliseconds since 1970: no file in it is newer. Undefined if its times were lost, for
   * example because the store was copied, so that nothing can be compared with it.
   */
  readonly lastWrite: number | undefined;
}

/**
 * Reads the seal of an Env. Changes are not noticed if the times of the folders were lost. `isVerified` tells whether a
 * power cut can be ruled out although the Env is not settled; it is called only then.
 */
export function readSealedState(prefix: string, isVerified: () => boolean = () => false): SealedState {
  const seal = readSeal(prefix);
  const time = timeOf(join(prefix, sealName));
  const hasTimes = time === sealTime || time === unsettledTime;
  const lastWrite = hasTimes ? seal?.published : undefined;
  if (seal?.boot === undefined) return { state: "unverified", lastWrite };
  if (time !== sealTime && !isThisBoot(seal.boot) && !isVerified()) return { state: "unverified", lastWrite };
  const isSame = !hasTimes || seal.folders.every((folder) => timeOf(join(prefix, folder)) === sealTime);
  return { state: isSame ? "intact" : "changed", lastWrite };
}

/** Returns the state of an Env. */
export function envState(prefix: string): EnvState {
  return readSealedState(prefix).state;
}

/** Whether an Env may be used as it is: it is complete on this disk, and no program has changed it. */
export function isIntact(prefix: string): boolean {
  return envState(prefix) === "intact";
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

/**
 * Windows has no modes of folders. Members of a group that shares the store keep their permission, which the umask of
 * the owner gave them: otherwise they could neither move nor remove the folder.
 */
function makeReadOnly(folder: string): void {
  if (process.platform !== "win32") chmodSync(folder, statSync(folder).mode & 0o575);
}

function setTime(path: string, seconds: number): void {
  utimesSync(path, seconds, seconds);
}

/** Returns the modification time in seconds, or undefined if there is nothing, or a file instead of a folder. */
function timeOf(path: string): number | undefined {
  try {
    return statSync(path).mtimeMs / 1000;
  } catch {
    return undefined;
  }
}

function formatSeal(seal: Seal): string {
  return `${JSON.stringify(seal)}\n`;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
