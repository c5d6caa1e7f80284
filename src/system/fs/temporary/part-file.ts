import { lstat, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { isAbandoned } from "./temporary-name.ts";
import { releaseTemporary, temporaryPath } from "./temporary-path.ts";

/**
 * Parts of downloads that were interrupted, so that the next process goes on where the last one stopped. While a file
 * is downloaded, it has a temporary name after its hash (`<sha256>.download-…`). When the download fails, or the
 * process is interrupted, it becomes `<sha256>.part`. A killed process leaves the temporary name, and its part is
 * found, too. A part is taken by renaming it, so that two processes never write to the same one. Nothing is promised
 * about the content of a part: whoever completes it compares the hash.
 */
const form = /^([0-9a-f]{64})\.(part|download-.*)$/;

/** The smallest part that is kept, in bytes. A smaller one is fetched again in a second. */
export const smallestPart = 1 << 20;

/** What is kept of parts that nobody took: for how long, in milliseconds, and how many bytes. */
const longest = 7 * 24 * 3600 * 1000;
const largestSum = 4 * 2 ** 30;

/** Whether the name of a file in a folder for temporary files is that of a part. */
export function isPartName(name: string): boolean {
  return form.test(name);
}

/** Returns a path for the download of a file. If the process ends because of a signal, the part is kept. */
export function partPath(tmp: string, sha256: string): string {
  const keptAs = join(tmp, `${sha256}.part`);
  return temporaryPath(tmp, "download", { prefix: `${sha256}.`, keptAs, smallest: smallestPart });
}

/** Renames the largest part of a file that nobody writes to. Returns whether there was one. */
export async function takePart(tmp: string, sha256: string, path: string): Promise<boolean> {
  const parts = (await leftParts(tmp)).filter(({ name }) => name.startsWith(`${sha256}.`));
  for (const { name } of parts.sort((a, b) => b.size - a.size)) {
    const taken = await rename(join(tmp, name), path).then(
      () => true,
      () => false,
    );
    if (taken) return true;
  }
  return false;
}

/** Keeps what was downloaded for the next process, or removes it if that is not worth it. Never throws. */
export async function keepPart(path: string, sha256: string): Promise<void> {
  const size = (await lstat(path).catch(() => undefined))?.size ?? 0;
  const kept = join(path, "..", `${sha256}.part`);
  if (size >= smallestPart) await rename(path, kept).catch(() => {});
  await rm(path, { force: true }).catch(() => {});
  releaseTemporary(path);
}

/** Returns the parts that are too old, or too many, to be kept. `longest` is the greatest age in milliseconds. */
export async function surplusParts(tmp: string, now: number, age = longest): Promise<readonly string[]> {
  const surplus: string[] = [];
  let sum = 0;
  for (const { name, size, touched } of (await leftParts(tmp)).sort((a, b) => b.touched - a.touched)) {
    sum += size;
    if (size < smallestPart || now - touched > age || sum > largestSum) surplus.push(join(tmp, name));
  }
  return surplus;
}

interface Part {
  readonly name: string;
  readonly size: number;
  /** In milliseconds since 1970. */
  readonly touched: number;
}

/** Returns the parts whose process is gone or has released them. */
async function leftParts(tmp: string): Promise<Part[]> {
  const parts: Part[] = [];
  for (const name of await readdir(tmp).catch(() => [])) {
    const [, , state = ""] = form.exec(name) ?? [];
    if (state === "") continue;
    const stats = await lstat(join(tmp, name)).catch(() => undefined);
    if (stats?.isFile() !== true) continue;
    if (state !== "part" && !isAbandoned(basename(name), stats.mtimeMs)) continue;
    parts.push({ name, size: stats.size, touched: stats.mtimeMs });
  }
  return parts;
}
