import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import type { Reporter } from "../../report/reporter.ts";
import { asPosyError, type Home, writeAtomic } from "../../system/fs/index.ts";
import type { HttpClient } from "../../system/http/index.ts";
import { parseSha256, type Sha256 } from "../../vocab/hash.ts";
import { bucketPath, bucketPathOfUrl } from "../bucket-path.ts";
import { checkClaims } from "../simple-index/hash-claims.ts";
import { localPath } from "../index/local-path.ts";
import type { LocalArtifact } from "../package-db.ts";
import { downloadFile, type DownloadRequest } from "./download-file.ts";
import { verifyLocalFile } from "./verify-local-file.ts";

export interface FetchContext {
  readonly home: Home;
  readonly http: HttpClient;
  readonly reporter: Reporter;
}

/** What was found at a URL whose hash nobody had told: its SHA-256, and what it was verified against. */
interface Finding {
  readonly sha256: string;
  readonly hashes: Readonly<Record<string, string>>;
}

/**
 * A file by its URL and hashes: from the store if it is there, else downloaded, verified and put there. `fresh`: a URL without a hash
 * is downloaded again though something was found there before.
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
  const findingPath = bucketPathOfUrl(home.http, request.url, ".found");
  const known = request.hashes["sha256"] ?? (fresh ? undefined : await readFinding(findingPath, request));
  if (known !== undefined) {
    const kept = await keptArtifact(home, parseSha256(known), request.size);
    if (kept) {
      // A file that an index gives another hash of than the one that it was found by is not the file that the index means.
      const isFoundByAll = Object.keys(request.hashes).every((algorithm) => algorithm === "sha256");
      return isFoundByAll ? kept : verifyLocalFile(kept.path, request, request.url);
    }
  }
  const downloaded = await downloadFile(request, { ...context, tmp: home.cacheTmp });
  const { sha256, size } = downloaded;
  const target = bucketPath(home.artifacts, sha256);
  try {
    await mkdir(dirname(target), { recursive: true });
    await rename(downloaded.path, target);
  } catch (error) {
    await rm(downloaded.path, { force: true }).catch(() => {});
    // Windows can't replace a file that another process reads: it has the same content, so it will do.
    const kept = await keptArtifact(home, sha256, size);
    if (kept) return kept;
    throw asPosyError(error, `keeping \`${request.filename}\``);
  }
  if (request.hashes["sha256"] === undefined) {
    const finding: Finding = { sha256, hashes: request.hashes };
    await writeAtomic(findingPath, JSON.stringify(finding));
  }
  return { path: target, sha256, size };
}

/** Whether a file is in the store, unverified. At once: handing that to a thread takes six times as long, and it is asked of every wheel. */
export function isKept(home: Home, sha256: Sha256): boolean {
  return existsSync(bucketPath(home.artifacts, sha256));
}

/**
 * The file in the store. It is read through once more (1.7 GB/s were measured): this happens when it is about to be unpacked, and a
 * machine that lost power may have left half of it. A damaged one is removed, to be fetched again.
 */
async function keptArtifact(
  home: Home,
  sha256: Sha256,
  size: number | undefined,
): Promise<LocalArtifact | undefined> {
  const path = bucketPath(home.artifacts, sha256);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  try {
    return await verifyLocalFile(path, { hashes: { sha256 }, ...(size === undefined ? {} : { size }) });
  } catch {
    await rm(path, { force: true }).catch(() => {});
    return undefined;
  }
}

async function readFinding(path: string, request: DownloadRequest): Promise<string | undefined> {
  try {
    const finding = JSON.parse(await readFile(path, "utf8")) as Finding;
    const same = Object.entries(request.hashes).every(([name, digest]) => finding.hashes[name] === digest);
    return same ? parseSha256(finding.sha256) : undefined;
  } catch (error) {
    if (error instanceof PosyError || error instanceof SyntaxError || error instanceof TypeError)
      return undefined;
    if ((error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  }
}
