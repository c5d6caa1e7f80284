import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { devNull } from "node:os";
import { resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { statIfThere } from "./stat-if-there.ts";

/**
 * The maximum size in bytes of a file that a person names and that is read into memory. Locks of large
 * projects have about 10 MB.
 */
export const largestText = 128 * 2 ** 20;

/** Without O_NONBLOCK, opening a pipe without a writer never returns. Windows does not have the flag. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Returns the bytes of a file that a person named, or that has a well-known name in a person's folder. Reads
 * only regular files and the pipes that a shell opens for a command (`/dev/stdin`, `<(…)`): anything else
 * might never end. Throws `filesystem` for other files and for more than `largest` bytes. Other errors of the
 * file system (`ENOENT`) are passed on unchanged.
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

/** Reads a file synchronously. Does not read pipes, because waiting for one would block the whole process. */
export function readNamedTextSync(path: string): string {
  const file = openSync(path, flags);
  try {
    return kindOf(fstatSync(file), path, largestText) === "nothing" ? "" : readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

/** Throws `filesystem` if a path is neither a regular file nor a folder. Does not open it. */
export function refuseSpecialFile(path: string): void {
  const stats = statIfThere(path);
  if (stats !== undefined && !stats.isFile() && !stats.isDirectory()) throw notAFile(path, stats);
}

function kindOf(stats: Stats, path: string, largest: number): "file" | "nothing" {
  // Reading a folder fails with a good error of the file system.
  if (stats.isDirectory()) return "file";
  // The null device is named on purpose, as in `PIP_CONFIG_FILE=/dev/null`.
  if (stats.isCharacterDevice() && stats.rdev === statSync(devNull).rdev) return "nothing";
  if (!stats.isFile()) throw notAFile(path, stats);
  if (stats.size > largest) throw tooLarge(path, largest);
  return "file";
}

/** Returns whether a path is `/dev/stdin` or the path that a shell substitutes for `<(…)`. */
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
    hint: "this is probably the wrong file: check the path",
  });
}
