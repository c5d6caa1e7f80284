import { constants, gunzipSync } from "node:zlib";
import {
  type HttpClient,
  type HttpResponse,
  statusError,
  TransportFailure,
} from "../../system/http/index.ts";

/** The first bytes of a remote file. */
export interface Head {
  readonly bytes: Uint8Array;
  /** Whether these are all bytes of the file. */
  readonly whole: boolean;
}

/**
 * Requests the first `length` bytes of a file. A server that does not support ranges sends the whole file,
 * and no more than `length` bytes of it are read. Returns undefined if the answer is unusable but the file
 * may still be available. Throws `http-status` if it is not.
 */
export async function fetchHead(url: string, length: number, http: HttpClient): Promise<Head | undefined> {
  const headers = { range: `bytes=0-${length - 1}`, "accept-encoding": "identity" };
  return http.send({ url, headers }, (response) => readHead(response, length));
}

async function readHead(response: HttpResponse, length: number): Promise<Head | undefined> {
  const { status, headers } = response;
  if (status === 206) {
    const [, last, total] = /^bytes 0-(\d+)\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? [];
    const count = Number(last) + 1;
    if (!(count <= length) || !(count <= Number(total))) {
      await response.discard();
      return undefined;
    }
    const bytes = await response.bytes(count);
    if (bytes.length < count) throw new TransportFailure(new Error("the answer is shorter than its range"));
    return { bytes, whole: count === Number(total) };
  }
  if (status === 200) return beginningOf(response, length);
  await response.discard();
  // These statuses are about the range or the method; all others are about the file.
  if ([400, 405, 416, 501].includes(status)) return undefined;
  throw statusError(response.url, status);
}

async function beginningOf(response: HttpResponse, length: number): Promise<Head> {
  const parts: Uint8Array[] = [];
  let count = 0;
  for await (const part of response.chunks()) {
    parts.push(part);
    count += part.length;
    if (count > length) return { bytes: Buffer.concat(parts).subarray(0, length), whole: false };
  }
  return { bytes: Buffer.concat(parts), whole: true };
}

/** No real head inflates to more bytes. */
const mostInflated = 32 << 20;

/** Inflates the start of a gzip file as far as it goes. Returns undefined if it is not gzip. */
export function inflateHead(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: mostInflated });
  } catch {
    return undefined;
  }
}
