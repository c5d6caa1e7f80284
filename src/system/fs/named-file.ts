import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { devNull } from "node:os";
import { resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";

/** Bytes. Nothing that a person names and that is read into memory comes near it: locks of large projects have some 10 MB. */
export const largestText = 128 * 2 ** 20;

/** Opening a pipe that nobody writes to would never return without it. Windows has none of that. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * The bytes of a file that a person named, or that is found by its name in a folder of theirs. Only regular files are
 * read, and the pipes that a shell opens for its command (`/dev/stdin`, `<(…)`): anything else may never end. Throws
 * `filesystem` for those and for more than `largest` bytes, and what the file system says (`ENOENT`) as it is.
 */
export async function readNamedFile(path: string, largest = largestText): Promise<Buffer> {
  if (isOpenDescriptor(path)) return readPipe(path, largest);
  const file = await open(path, flags);
  try {
    const kind = kindOf(await file.stat(), path, largest);
    return kind === "nothing" ? Buffer.alloc(0) : await file.readFile();
  } finally {
    await file.close();
  }
}

export async function readNamedText(path: string, largest?: number): Promise<string> {
  return (await readNamedFile(path, largest)).toString("utf8");
}

/** The same where it has to be had at once. No pipe can be read so: waiting for one would hold up all else. */
export function readNamedTextSync(path: string): string {
  const file = openSync(path, flags);
  try {
    return kindOf(fstatSync(file), path, largestText) === "nothing" ? "" : readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

/** Throws `filesystem` where a path leads to something that is neither a regular file nor a folder; nothing is opened. */
export function refuseSpecialFile(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isFile() && !stats.isDirectory()) throw notAFile(path, stats);
}

function kindOf(stats: Stats, path: string, largest: number): "file" | "nothing" {
  // A folder is left to the file system, which says so when it is read.
  if (stats.isDirectory()) return "file";
  // Named on purpose, as in `PIP_CONFIG_FILE=/dev/null`.
  if (stats.isCharacterDevice() && stats.rdev === statSync(devNull).rdev) return "nothing";
  if (!stats.isFile()) throw notAFile(path, stats);
  if (stats.size > largest) throw tooLarge(path, largest);
  return "file";
}

/** `/dev/stdin`, and what a shell puts in place of `<(…)`. */
function isOpenDescriptor(path: string): boolean {
  return /^\/(dev\/(stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/.test(resolve(path));
}

async function readPipe(path: string, largest: number): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    return await readToEnd(file, path, largest);
  } finally {
    await file.close();
  }
}

async function readToEnd(file: FileHandle, path: string, largest: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let size = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(1 << 16), 0, 1 << 16, null);
    if (bytesRead === 0) return Buffer.concat(parts);
    size += bytesRead;
    if (size > largest) throw tooLarge(path, largest);
    parts.push(buffer.subarray(0, bytesRead));
  }
}

function notAFile(path: string, stats: Stats): PosyError {
  const what = stats.isFIFO() ? "a named pipe" : stats.isSocket() ? "a socket" : "a device";
  return new PosyError("filesystem", `\`${path}\` is ${what}, not a file`, {
    hint: "name a regular file; requirements may also come from `-r -` or `-r <(…)`",
  });
}

export function tooLarge(path: string, largest: number): PosyError {
  return new PosyError("filesystem", `\`${path}\` has more than ${largest / 2 ** 20} MiB`, {
    hint: "this is not what was meant: check the path",
  });
}
