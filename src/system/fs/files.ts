import { appendFile, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ErrorCode } from "../../errors/codes.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { readNamedText } from "./named-file.ts";

const meanings: Readonly<Record<string, readonly [ErrorCode, string, string]>> = {
  ENOSPC: ["no-space", "no space is left on the disk", "free some space, or set POSY_HOME to another disk"],
  EDQUOT: ["no-space", "the disk quota is used up", "free some space, or set POSY_HOME to another disk"],
  EACCES: ["permission", "permission was denied", "check who owns it, or set POSY_HOME to a folder of yours"],
  EPERM: ["permission", "it is not permitted", "check who owns it, or set POSY_HOME to a folder of yours"],
  EROFS: ["permission", "the file system is read-only", "set POSY_HOME to a folder that can be written"],
  EFBIG: [
    "no-space",
    "the file is larger than files may be here",
    "raise the limit (`ulimit -f`), or set POSY_HOME to another disk",
  ],
  ENOENT: ["not-found", "there is no such file or folder", "check the path"],
  EEXIST: ["filesystem", "something else is in its place", "look what is there, and move it away"],
  ENOTDIR: ["filesystem", "a file stands where a folder should be", "look what is there, and move it away"],
  EISDIR: ["filesystem", "a folder stands where a file should be", "look what is there, and move it away"],
  ENXIO: ["filesystem", "it is a socket or a device that nobody answers for", "name a regular file"],
  ENAMETOOLONG: ["filesystem", "the path is too long", "set POSY_HOME to a folder with a shorter path"],
  EMFILE: ["filesystem", "too many files are open", "raise the limit (`ulimit -n`)"],
};

/**
 * A failure of the file system in words: `doing` is what was tried ("writing `x`"). Passes `PosyError`s on;
 * what is no failure of the file system is a bug.
 */
export function asPosyError(error: unknown, doing: string): PosyError {
  if (error instanceof PosyError) return error;
  const code = errnoOf(error);
  if (code === "") return new PosyError("bug", `${doing} failed: ${String(error)}`, { cause: error });
  const [kind, what, hint] = meanings[code] ?? ["filesystem", code, undefined];
  return new PosyError(kind, `${doing} failed: ${what}`, { hint, cause: error });
}

/** The text of a file; undefined where there is none. Throws what else the file system says. */
export async function textIfThere(path: string): Promise<string | undefined> {
  try {
    return await readNamedText(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw asPosyError(error, `reading \`${path}\``);
  }
}

/** The `code` of a system error (`ENOENT`), or "". */
export function errnoOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}

/** A path in `tmpRoot` that nobody else uses. Nothing is made there. */
export function temporaryPath(tmpRoot: string, label: string): string {
  return join(tmpRoot, `${label}-${process.pid}-${crypto.randomUUID().slice(0, 13)}`);
}

type FileContent = string | Uint8Array | readonly (string | Uint8Array)[];

/** Writes a file beside and renames it into place: readers see the old content or the whole new one. Parts are written one after the other. */
export async function writeAtomic(path: string, data: FileContent): Promise<void> {
  const temporary = temporaryPath(dirname(path), `.${basename(path)}`);
  try {
    // Mostly the folder is there: making sure beforehand takes as long as writing a small file.
    await writeNew(temporary, data).catch(async (error: unknown) => {
      if (errnoOf(error) !== "ENOENT") throw error;
      await mkdir(dirname(path), { recursive: true });
      await writeNew(temporary, data);
    });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw asPosyError(error, `writing \`${path}\``);
  }
}

async function writeNew(path: string, data: FileContent): Promise<void> {
  const [first, ...others] = typeof data === "string" || data instanceof Uint8Array ? [data] : data;
  await writeFile(path, first ?? "", { flag: "wx" });
  // Joined before, parts of 10 MB took 20 to 50 ms of the thread that has other things to do.
  for (const part of others) await appendFile(path, part);
}

/**
 * Makes the folder `target` whole or not at all: `build` fills a folder in `tmpRoot` (same disk), which is then
 * renamed. Where somebody else was first their folder stays and ours is thrown away: entries are named by their
 * content, so both are the same (pitfall 30). Only what `isWhole` says is a ruin gives way to ours; asked when ours
 * is ready, not before: between asking and removing, somebody else's would be lost.
 */
export async function buildBeside(
  target: string,
  tmpRoot: string,
  build: (dir: string) => Promise<void> | void,
  isWhole: (target: string) => boolean | Promise<boolean> = () => true,
): Promise<void> {
  const dir = temporaryPath(tmpRoot, "build");
  try {
    await mkdir(dir, { recursive: true });
    await build(dir);
    await mkdir(dirname(target), { recursive: true });
    if (await renamed(dir, target)) return;
    if (!(await isWhole(target))) {
      await removeTree(target, tmpRoot);
      if (await renamed(dir, target)) return;
    }
    await removeTree(dir);
  } catch (error) {
    await removeTree(dir).catch(() => {});
    throw asPosyError(error, `making \`${target}\``);
  }
}

/** False where there is something already. */
async function renamed(dir: string, target: string): Promise<boolean> {
  try {
    await rename(dir, target);
    return true;
  } catch (error) {
    // Windows says EPERM or EACCES where the target exists.
    if (!(await exists(target))) throw error;
    return false;
  }
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Removes a file, a link or a folder with all that is in it, never what a link leads to. With `tmpRoot` the
 * path is renamed there first, so that nobody ever finds half of it. What is not there is fine.
 */
export async function removeTree(path: string, tmpRoot?: string): Promise<void> {
  try {
    let doomed = path;
    if (tmpRoot !== undefined) {
      await mkdir(tmpRoot, { recursive: true });
      doomed = temporaryPath(tmpRoot, "remove");
      await rename(path, doomed);
    }
    await rm(doomed, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw asPosyError(error, `removing \`${path}\``);
  }
}
