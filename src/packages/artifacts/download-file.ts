import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { PosyError } from "../../errors/posy-error.ts";
import type { Reporter } from "../../report/reporter.ts";
import {
  asPosyError,
  failureAt,
  keepPart,
  partPath,
  releaseTemporary,
  smallestPart,
  takePart,
  temporaryPath,
} from "../../system/fs/index.ts";
import { type HttpClient, type HttpResponse, safeUrl, statusError } from "../../system/http/index.ts";
import type { Hashes, Sha256 } from "../../vocab/hash.ts";
import { createVerifier, type Verifier } from "./verify-hashes.ts";

/** A file to download, with the size and the hashes that an index or a lock claims for it. */
export interface DownloadRequest {
  readonly url: string;
  readonly filename: string;
  readonly hashes: Hashes;
  readonly size?: number;
  /** The download is given up after this many bytes, whatever size was claimed. */
  readonly largest?: number;
}

/** An endless response must not fill the disk. The largest wheels that exist have about 4 GB. */
const largestFile = 64 * 2 ** 30;

export interface DownloadedFile {
  /** A file in the folder for temporary files. The caller renames or removes it. */
  readonly path: string;
  readonly sha256: Sha256;
  readonly size: number;
  readonly etag?: string;
}

interface DownloadContext {
  readonly http: HttpClient;
  readonly reporter: Reporter;
  /** The folder for temporary files. */
  readonly tmp: string;
}

/**
 * Streams a file to disk and computes its hashes on the way. If the connection is cut, and the server sent a strong
 * ETag or the SHA-256 is known, the next attempt resumes at the end of what has arrived; otherwise it starts again. It
 * also starts again if the server does not send the requested rest.
 *
 * A file with a known SHA-256 also resumes where an earlier process stopped: because of the network, a full disk, a
 * signal or a crash (`part-file.ts`). If the whole then has another hash, it is downloaded once more from the
 * beginning. When this throws, nothing else is left behind than such a part.
 */
export async function downloadFile(
  request: DownloadRequest,
  context: DownloadContext,
): Promise<DownloadedFile> {
  const sha256 = request.hashes["sha256"]?.toLowerCase();
  if (sha256 === undefined)
    return downloadTo(temporaryPath(context.tmp, "download"), newJob(), request, context);
  const path = partPath(context.tmp, sha256);
  const mayHavePart = request.size === undefined || request.size > smallestPart;
  const job = newJob(mayHavePart && (await takePart(context.tmp, sha256, path)));
  try {
    return await downloadTo(path, job, request, context);
  } catch (error) {
    if (!job.isJoined || !isMismatch(error)) throw error;
    return downloadTo(partPath(context.tmp, sha256), newJob(), request, context);
  }
}

interface DownloadJob {
  /** The path has a part of the file already. */
  readonly isTaken: boolean;
  /** The file consists of parts that may come from different files: no ETag says that they are the same. */
  isJoined: boolean;
}

function newJob(isTaken = false): DownloadJob {
  return { isTaken, isJoined: isTaken };
}

/** Whether the server sent another file. Then no part of it is kept. */
function isMismatch(error: unknown): boolean {
  return error instanceof PosyError && ["hash-mismatch", "size-mismatch"].includes(error.code);
}

/** Downloads to a path of `temporaryPath`. */
async function downloadTo(
  path: string,
  job: DownloadJob,
  request: DownloadRequest,
  context: DownloadContext,
): Promise<DownloadedFile> {
  const { url, largest = largestFile } = request;
  const sha256 = request.hashes["sha256"]?.toLowerCase();
  let file: FileHandle | undefined;
  let part = startPart(request);
  const progress = (finished: boolean, total = request.size) =>
    context.reporter.report({
      kind: "progress",
      stage: "fetch",
      id: request.filename,
      done: part.done,
      total,
      ...(finished ? { finished } : {}),
    });
  try {
    await mkdir(context.tmp, { recursive: true });
    const handle = await open(path, job.isTaken ? "r+" : "wx");
    file = handle;
    if (job.isTaken) await readPart(handle, part);
    // A server may refuse to send the rest. Then the whole file is requested, also after further cuts.
    let canResume = true;
    const receive = () =>
      context.http.send(
        () => ({ url, headers: headersFor(part, canResume, sha256 !== undefined) }),
        async (response) => {
          if (isRestOf(part, response)) job.isJoined ||= part.etag === undefined;
          else {
            if (response.status !== 200) {
              await response.discard();
              if (canResume && part.done > 0 && refusesRange(response)) {
                canResume = false;
                part = startPart(request);
                return undefined;
              }
              throw statusError(url, response.status);
            }
            refusePage(request, response);
            part = startPart(request, strongEtag(response));
            await handle.truncate(0);
          }
          const length = Number(response.headers.get("content-length") ?? Number.NaN);
          const total = request.size ?? (Number.isFinite(length) ? part.done + length : undefined);
          const writer = startWriter(handle, part.done);
          try {
            for await (const chunk of response.chunks()) {
              part.verifier.update(chunk);
              part.done += chunk.length;
              await writer.add(chunk);
              if (request.size !== undefined && part.done > request.size) break;
              if (part.done > largest) throw tooLarge(request, largest);
              progress(false, total);
            }
          } finally {
            // This runs after a cut connection, too: the next attempt resumes from here.
            await writer.flush();
          }
          return part.verifier.finish();
        },
      );
    // The last process may have ended when the whole file was there.
    const isWhole = job.isTaken && part.done === request.size;
    const finished = isWhole ? part.verifier.finish() : ((await receive()) ?? (await receive()));
    if (finished === undefined) throw statusError(url, 416);
    file = undefined;
    await handle.close();
    progress(true);
    return { path, ...finished, ...(part.etag === undefined ? {} : { etag: part.etag }) };
  } catch (error) {
    await file?.close().catch(() => {});
    if (sha256 === undefined || isMismatch(error)) {
      await rm(path, { force: true }).catch(() => {});
      releaseTemporary(path);
    } else await keepPart(path, sha256);
    throw asPosyError(failureAt(error, path), `downloading \`${request.filename}\``);
  }
}

/** Reads the part of a file that an earlier process left. */
async function readPart(handle: FileHandle, part: Part): Promise<void> {
  const buffer = Buffer.allocUnsafe(writeSize);
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, part.done);
    if (bytesRead === 0) return;
    part.verifier.update(buffer.subarray(0, bytesRead));
    part.done += bytesRead;
  }
}

/**
 * Small chunks are collected up to this many bytes and written together. Waiting for each write takes longer
 * than the network if this thread has other work.
 */
const writeSize = 1 << 20;

function startWriter(handle: FileHandle, start: number) {
  let waiting: Uint8Array[] = [];
  let length = 0;
  let written = start;
  const flush = async () => {
    if (length === 0) return;
    const piece = waiting.length === 1 ? (waiting[0] as Uint8Array) : Buffer.concat(waiting);
    const position = written;
    waiting = [];
    length = 0;
    written += piece.length;
    // A disk that is about to be full takes less than everything, and reports no error before the next piece.
    for (let done = 0; done < piece.length; ) {
      done += (await handle.write(piece, done, piece.length - done, position + done)).bytesWritten;
    }
  };
  return {
    flush,
    async add(chunk: Uint8Array): Promise<void> {
      waiting.push(chunk);
      length += chunk.length;
      if (length >= writeSize) await flush();
    },
  };
}

/** The part of the file that has arrived so far: `done` bytes. */
interface Part {
  done: number;
  readonly verifier: Verifier;
  readonly etag?: string;
}

function startPart(request: DownloadRequest, etag?: string): Part {
  const verifier = createVerifier(request.url, request.hashes, request.size);
  return etag === undefined ? { done: 0, verifier } : { done: 0, verifier, etag };
}

/** `isChecked`: the whole file is compared with a SHA-256 in the end, so no ETag has to say that it is the same. */
function headersFor(part: Part, canResume: boolean, isChecked: boolean): Record<string, string> {
  // Archives are already compressed. A response with a content encoding has neither a reliable size nor
  // reliable ranges.
  const headers: Record<string, string> = { accept: "*/*", "accept-encoding": "identity" };
  if (canResume && part.done > 0 && (isChecked || part.etag !== undefined)) {
    headers["range"] = `bytes=${part.done}-`;
    if (part.etag !== undefined) headers["if-range"] = part.etag;
  }
  return headers;
}

/** Weak ETags don't promise equal bytes (RFC 9110, section 8.8.1). */
function strongEtag(response: HttpResponse): string | undefined {
  const etag = response.headers.get("etag");
  return etag === null || etag.startsWith("W/") ? undefined : etag;
}

/** Returns whether a response has the rest of the same file (RFC 9110, section 15.3.7). */
function isRestOf({ done, etag }: Part, { status, headers }: HttpResponse): boolean {
  if (status !== 206 || done === 0) return false;
  const isSameFile = etag === undefined || (headers.get("etag") ?? etag) === etag;
  return isSameFile && new RegExp(`^bytes ${done}-`).test(headers.get("content-range") ?? "");
}

/** Another part than the requested one, a failed condition, or a range that the server can't satisfy. */
function refusesRange({ status }: HttpResponse): boolean {
  return status === 206 || status === 412 || status === 416;
}

function tooLarge({ filename, url }: DownloadRequest, largest: number): PosyError {
  return new PosyError("size-mismatch", `\`${filename}\` has more than ${largest} bytes`, {
    hint: `this is no package: check what \`${safeUrl(url)}\` is`,
  });
}

/**
 * Rejects a web page (usually of a login) that arrives instead of the file. This error is clearer than a
 * wrong hash.
 */
function refusePage(request: DownloadRequest, response: HttpResponse): void {
  const type = response.headers.get("content-type") ?? "";
  if (!/^text\/html\b/i.test(type)) return;
  throw new PosyError(
    "http-status",
    `the server answered with a web page in place of \`${request.filename}\``,
    {
      hint: `open ${safeUrl(request.url)} in a browser: you may have to log in, or a proxy stands in the way`,
    },
  );
}
