import { PosyError } from "../../errors/posy-error.ts";
import {
  type HttpClient,
  type HttpResponse,
  statusError,
  TransportFailure,
} from "../../system/http/index.ts";
import type { ByteReader } from "../../system/archives/index.ts";

/** A remote file that is read in pieces, starting at its end. */
export interface RangeReader extends ByteReader {
  /** The whole file, if the first piece contained it. */
  readonly whole?: Uint8Array;
}

interface Piece {
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly size: number;
}

/** Additional bytes to read before a requested piece: METADATA usually lies directly before the directory. */
const readBehind = 32 << 10;
/** A gap up to this size is read together with the piece. Beyond a larger gap, the piece is read alone. */
const joinable = 512 << 10;

/**
 * Opens a remote file by requesting its last `tail` bytes. Returns undefined if the server does not support
 * ranges or answers them wrongly: then only the whole file helps. Throws `http-status` if the file is not
 * available.
 */
export async function openRangeReader(
  url: string,
  tail: number,
  http: HttpClient,
): Promise<RangeReader | undefined> {
  const read = (range: string, most: number) =>
    http.send(ranged(url, range), (response) => readPiece(response, most));
  let last = await read(`-${tail}`, tail);
  if (typeof last === "number") {
    // A server that answers a suffix range with the whole file may still support ranges with a start.
    const start = Math.max(0, last - tail);
    last = await read(`${start}-${last - 1}`, last - start);
  }
  if (last === undefined || typeof last === "number") return undefined;
  const { size } = last;
  if (last.start + last.bytes.length !== size) return undefined;
  let window: Piece = last;

  const fetchPiece = async (start: number, end: number): Promise<Piece> => {
    const piece = await read(`${start}-${end - 1}`, end - start);
    if (
      typeof piece === "object" &&
      piece.start === start &&
      piece.bytes.length === end - start &&
      piece.size === size
    ) {
      return piece;
    }
    throw new PosyError("invalid-archive", `the server sent other bytes of \`${url}\` than those requested`, {
      hint: "try again; if it fails again, report it to the operators of the index",
    });
  };
  return {
    size,
    ...(window.start === 0 ? { whole: window.bytes } : {}),
    async read(offset, length) {
      if (offset < window.start) {
        const end = Math.max(offset + length, 0);
        if (end < window.start - joinable) return (await fetchPiece(offset, end)).bytes;
        const piece = await fetchPiece(Math.max(0, offset - readBehind), window.start);
        window = { start: piece.start, bytes: Buffer.concat([piece.bytes, window.bytes]), size };
      }
      return window.bytes.slice(offset - window.start, offset - window.start + length);
    },
  };
}

function ranged(url: string, range: string) {
  return { url, headers: { range: `bytes=${range}`, "accept-encoding": "identity" } };
}

/**
 * Returns the piece. Returns the size of the file if the whole file came, but the server supports ranges.
 * Returns undefined if it does not support ranges, or if a piece has more than `most` bytes, since pieces are
 * held in memory.
 */
async function readPiece(response: HttpResponse, most: number): Promise<Piece | number | undefined> {
  const { status, headers } = response;
  if (status === 206) {
    const [, first, last, total] =
      /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? [];
    const length = Number(last) - Number(first) + 1;
    const promised = headers.get("content-length");
    if (
      !(length > 0 && length <= most) ||
      Number(last) >= Number(total) ||
      (promised !== null && Number(promised) !== length)
    ) {
      await response.discard();
      return undefined;
    }
    const bytes = await response.bytes(length);
    if (bytes.length < length) throw new TransportFailure(new Error("the answer is shorter than its range"));
    return { start: Number(first), bytes, size: Number(total) };
  }
  await response.discard();
  if (status === 200) {
    const size = Number(headers.get("content-length") ?? Number.NaN);
    return headers.get("accept-ranges") === "bytes" && size > 0 ? size : undefined;
  }
  // These statuses are about the range or the method; all others are about the file.
  if ([400, 405, 416, 501].includes(status)) return undefined;
  throw statusError(response.url, status);
}
