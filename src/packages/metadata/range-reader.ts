import { PosyError } from "../../errors/posy-error.ts";
import {
  type HttpClient,
  type HttpResponse,
  statusError,
  TransportFailure,
} from "../../system/http/index.ts";
import type { ByteReader } from "../../system/archives/index.ts";

/** A remote file read piece by piece, from its end. */
export interface RangeReader extends ByteReader {
  /** The whole file, where the first piece was all of it. */
  readonly whole?: Uint8Array;
}

interface Piece {
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly size: number;
}

/** What is read in front of a piece that was asked for: METADATA mostly lies right before the directory. */
const readBehind = 32 << 10;
/** A gap up to this is read along; beyond it, a piece is read on its own. */
const joinable = 512 << 10;

/**
 * Opens a file by a request for its last `tail` bytes. Undefined where the server doesn't do ranges or does them wrongly (pitfall 16): then
 * only the whole file helps. Throws for statuses that say that there is no file to be had.
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
    // A server that sends the whole for a suffix may still do ranges that start somewhere.
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
    throw new PosyError(
      "invalid-archive",
      `the server gave other bytes of \`${url}\` than it was asked for`,
      {
        hint: "try again; if it stays so, tell those who run the index",
      },
    );
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
 * The piece; the size of a file that came whole but could be had in ranges; undefined for no ranges at all, and for a
 * piece of more than `most` bytes: it goes into memory.
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
  // Statuses about the range or the way of asking; all others are about the file.
  if ([400, 405, 416, 501].includes(status)) return undefined;
  throw statusError(response.url, status);
}
