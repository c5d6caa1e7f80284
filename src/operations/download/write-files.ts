import { constants } from "node:fs";
import { copyFile, lstat, mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createSemaphore } from "../../async/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { type Download, localPath, verifyLocalFile } from "../../packages/index.ts";
import type { Posy } from "../../posy.ts";
import {
  asPosyError,
  isAbandoned,
  patientRename,
  releaseTemporary,
  removeTree,
  temporaryPath,
} from "../../system/fs/index.ts";
import type { FileKind, WantedFile } from "./wanted-files.ts";

/** A file that is in the folder now. */
export interface DownloadedFile {
  readonly kind: FileKind;
  /** Absolute. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** `kept`: it was there. `replaced`: another file with its name was there. */
  readonly state: "written" | "kept" | "replaced";
}

/** How many files are fetched and copied at once. */
const atOnce = 16;

/**
 * Writes files into a folder, each under its own name. A file that is there with the right hash is kept, and one with
 * another content is replaced. Each file is copied beside its path and renamed, so none is ever incomplete; a download
 * that was interrupted goes on where it stopped. Throws `hash-mismatch`, `file-exists` if two files have the same name,
 * and errors of the network and of the file system.
 */
export async function writeFiles(
  wanted: readonly WantedFile[],
  folder: string,
  posy: Posy,
): Promise<readonly DownloadedFile[]> {
  const files = byName(wanted);
  if (files.length === 0) return [];
  try {
    await mkdir(folder, { recursive: true });
    await removeAbandoned(folder);
  } catch (error) {
    throw asPosyError(error, `writing to \`${folder}\``);
  }
  const permits = createSemaphore(atOnce);
  const results = await Promise.allSettled(
    files.map((file) => permits.run(() => writeFile(file, folder, posy))),
  );
  // All others are complete before the first failure is reported, so that the next attempt finds them.
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

/** Returns the files without duplicates, sorted by name. */
function byName(wanted: readonly WantedFile[]): readonly WantedFile[] {
  const files = new Map<string, WantedFile>();
  for (const file of wanted) {
    const other = files.get(file.filename);
    if (other === undefined) files.set(file.filename, file);
    else if (!isSame(file.download, other.download)) {
      throw new PosyError("file-exists", `two different files are named \`${file.filename}\``, {
        hint: "download for one platform or one environment at a time, each into its own folder",
      });
    }
  }
  return [...files.values()].sort((a, b) => (a.filename < b.filename ? -1 : 1));
}

function isSame(one: Download, other: Download): boolean {
  const shared = Object.keys(one.hashes).filter((algorithm) => algorithm in other.hashes);
  if (shared.length === 0) return one.url === other.url;
  return shared.every(
    (algorithm) => one.hashes[algorithm]?.toLowerCase() === other.hashes[algorithm]?.toLowerCase(),
  );
}

async function writeFile(file: WantedFile, folder: string, posy: Posy): Promise<DownloadedFile> {
  const { kind, name, version, filename, download } = file;
  const path = join(folder, filename);
  const isThere = (await lstat(path).catch(() => undefined)) !== undefined;
  const claims = { hashes: download.hashes, ...(download.size !== undefined && { size: download.size }) };
  if (isThere && Object.keys(download.hashes).length > 0) {
    const kept = await verifyLocalFile(path, claims).catch(() => undefined);
    if (kept !== undefined) return { kind, name, version, ...kept, state: "kept" };
  }
  const fetched = await posy.db.fetch(download);
  if (isThere) {
    const { sha256 } = fetched;
    const kept = await verifyLocalFile(path, { hashes: { sha256 } }).catch(() => undefined);
    if (kept !== undefined) return { kind, name, version, ...kept, state: "kept" };
  }
  const beside = temporaryPath(folder, "download", { prefix: "." });
  try {
    await copyFile(fetched.path, beside, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    // The copy of a cached file may have been damaged on the way: a disk that is nearly full, a network drive.
    await verifyLocalFile(beside, { hashes: { sha256: fetched.sha256 }, size: fetched.size });
    await patientRename(beside, path);
  } catch (error) {
    await removeTree(beside).catch(() => {});
    throw asPosyError(error, `writing \`${path}\``);
  } finally {
    releaseTemporary(beside);
  }
  if (localPath(download.url) === undefined) await posy.db.discard(download);
  const { sha256, size } = fetched;
  return { kind, name, version, path, sha256, size, state: isThere ? "replaced" : "written" };
}

/** Removes what a killed process left. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith(".download-")) continue;
    const path = join(folder, entry);
    const info = await stat(path).catch(() => undefined);
    if (info !== undefined && isAbandoned(entry, info.mtimeMs)) await removeTree(path).catch(() => {});
  }
}
