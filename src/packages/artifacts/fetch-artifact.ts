import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import type { Reporter } from "../../report/reporter.ts";
import { asPosyError, type Home, releaseTemporary, storesOf, writeAtomic } from "../../system/fs/index.ts";
import type { HttpClient } from "../../system/http/index.ts";
import { parseSha256, type Sha256 } from "../../vocab/hash.ts";
import { bucketPath, bucketPathOfUrl } from "../bucket-path.ts";
import { checkClaims } from "../simple-index/hash-claims.ts";
import { localPath } from "../index/local-path.ts";
import type { LocalArtifact } from "../package-db.ts";
import { downloadFile, type DownloadRequest } from "./download-file.ts";
import { fileInFolders } from "./file-in-folders.ts";
import { verifyLocalFile } from "./verify-local-file.ts";

export interface FetchContext {
  readonly home: Home;
  readonly http: HttpClient;
  readonly reporter: Reporter;
  /** Absolute folders of the user that may have a file under its name. */
  readonly folders: readonly string[];
}

/**
 * The content last downloaded from a URL without a known SHA-256: its SHA-256, and the hashes that it was
 * verified against.
 */
interface DownloadRecord {
  readonly sha256: string;
  readonly hashes: Readonly<Record<string, string>>;
}

/**
 * Returns a file by its URL and hashes. Takes it from the cache or from a folder of the user if it is there, otherwise
 * downloads, verifies and keeps it. With `fresh`, a URL without a hash is downloaded again although an earlier download
 * is known. Throws `hash-mismatch`, `size-mismatch`, `invalid-hash`, `network`, …
 */
export async function fetchArtifact(
  request: DownloadRequest,
  fresh: boolean,
  context: FetchContext,
): Promise<LocalArtifact> {
  const { home } = context;
  checkClaims(request.hashes, request.filename, undefined);
  const path = localPath(request.url);
  if (path !== undefined) return verifyLocalFile(path, request);
  const recordPath = downloadRecordPath(home, request.url);
  const known =
    request.hashes["sha256"] ?? (fresh ? undefined : await readDownloadRecord(recordPath, request));
  if (known !== undefined) {
    const kept = await keptArtifact(home, parseSha256(known), request.size);
    if (kept) {
      context.reporter.timings?.count("files from the cache");
      // The cached file was verified against SHA-256 only. If the index claims another hash as well, check
      // that, too: otherwise the cached file may not be the one that the index lists.
      const hasSha256Only = Object.keys(request.hashes).every((algorithm) => algorithm === "sha256");
      return hasSha256Only ? kept : verifyLocalFile(kept.path, request, request.url);
    }
  }
  const inFolder = await fileInFolders(request, context.folders, context.reporter);
  if (inFolder !== undefined) return inFolder;
  const downloaded = await downloadFile(request, { ...context, tmp: home.cacheTmp });
  const { sha256, size } = downloaded;
  const target = bucketPath(home.artifacts, sha256);
  try {
    await mkdir(dirname(target), { recursive: true });
    await rename(downloaded.path, target);
  } catch (error) {
    await rm(downloaded.path, { force: true }).catch(() => {});
    // Windows cannot replace a file that another process is reading. The existing file has the same content,
    // so use it.
    const kept = await keptArtifact(home, sha256, size);
    if (kept) return kept;
    throw asPosyError(error, `keeping \`${request.filename}\``);
  } finally {
    releaseTemporary(downloaded.path);
  }
  if (request.hashes["sha256"] === undefined) {
    const record: DownloadRecord = { sha256, hashes: request.hashes };
    await writeAtomic(recordPath, JSON.stringify(record));
  }
  return { path: target, sha256, size };
}

/** Moves a file whose SHA-256 was verified into the cache. */
export async function keepFile(path: string, sha256: Sha256, home: Home): Promise<void> {
  const target = bucketPath(home.artifacts, sha256);
  await mkdir(dirname(target), { recursive: true });
  // Windows cannot replace a file that another process is reading. The existing file has the same content.
  await rename(path, target).catch((error: unknown) => {
    if (!existsSync(target)) throw asPosyError(error, `keeping \`${target}\``);
  });
}

/**
 * Returns whether a file is in the cache, without verifying it. Synchronous, because handing the call to a
 * thread takes six times as long, and it is made for every wheel.
 */
export function isKept(home: Home, sha256: Sha256): boolean {
  return storesOf(home).some(({ artifacts }) => existsSync(bucketPath(artifacts, sha256)));
}

/**
 * Returns a file from the cache or the one of a shared store, or undefined. The file is read and verified again
 * (measured: 1.7 GB/s), because it is about to be unpacked and a machine that lost power may have written half of it.
 * A damaged file is removed, but not from a shared store, so that it is fetched again.
 */
async function keptArtifact(
  home: Home,
  sha256: Sha256,
  size: number | undefined,
): Promise<LocalArtifact | undefined> {
  for (const store of storesOf(home)) {
    const path = bucketPath(store.artifacts, sha256);
    const status = await stat(path).catch(() => undefined);
    if (!status?.isFile()) continue;
    try {
      return await verifyLocalFile(path, { hashes: { sha256 }, ...(size === undefined ? {} : { size }) });
    } catch {
      if (store === home) await rm(path, { force: true }).catch(() => {});
    }
  }
  return undefined;
}

/** Returns whether a file was downloaded from a URL without a claimed SHA-256. */
export function isHashComputed(home: Home, url: string): boolean {
  return existsSync(downloadRecordPath(home, url));
}

function downloadRecordPath(home: Home, url: string): string {
  return bucketPathOfUrl(home.http, url, ".found");
}

async function readDownloadRecord(path: string, request: DownloadRequest): Promise<string | undefined> {
  try {
    const record = JSON.parse(await readFile(path, "utf8")) as DownloadRecord;
    const same = Object.entries(request.hashes).every(([name, digest]) => record.hashes[name] === digest);
    return same ? parseSha256(record.sha256) : undefined;
  } catch (error) {
    if (error instanceof PosyError || error instanceof SyntaxError || error instanceof TypeError)
      return undefined;
    if ((error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  }
}
