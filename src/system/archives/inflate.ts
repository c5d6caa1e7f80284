import { inflateRawSync } from "node:zlib";
import { PosyError } from "../../errors/posy-error.ts";
import { crc32 } from "./crc32.ts";

/**
 * libdeflate is not used for more compressed bytes than this. Bun lets it enlarge its output until the data
 * end (at most 1 GiB), so data with a false size could briefly take 1,032 times their length.
 */
const libdeflateLimit = 256 * 1024;

/**
 * Inflates raw deflate data with a known size and CRC-32. Throws `invalid-archive` if the result differs from
 * either.
 *
 * On Bun, small data are wrapped as gzip and inflated by libdeflate: the trailer tells Bun the size, so that
 * the output is allocated once, and libdeflate checks the CRC. Measured for 40 MB: 32 ms; 78 ms by libdeflate
 * without the wrapper; 62 ms by `node:zlib`.
 */
export function inflate(data: Uint8Array, size: number, crc: number): Uint8Array {
  let output: Uint8Array;
  try {
    if (typeof Bun !== "undefined" && data.length <= libdeflateLimit) {
      output = Bun.gunzipSync(wrapAsGzip(data, size, crc), { library: "libdeflate" });
      if (output.length !== size) throw mismatch(size, crc);
      return output;
    }
    // zlib rejects a limit of 0, so an empty output gets room, too.
    const room = Math.max(size, 64);
    output = inflateRawSync(data, { maxOutputLength: room, chunkSize: Math.max(room, 64) });
  } catch (cause) {
    throw mismatch(size, crc, cause);
  }
  if (output.length !== size || crc32(output) !== crc) throw mismatch(size, crc);
  return output;
}

function wrapAsGzip(data: Uint8Array, size: number, crc: number): Uint8Array<ArrayBuffer> {
  const gzip = Buffer.allocUnsafe(data.length + 18);
  gzip.set([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  gzip.set(data, 10);
  gzip.writeUInt32LE(crc, data.length + 10);
  gzip.writeUInt32LE(size, data.length + 14);
  return gzip;
}

function mismatch(size: number, crc: number, cause?: unknown): PosyError {
  return new PosyError(
    "invalid-archive",
    `the compressed data do not come to ${size} bytes with CRC-32 ${crc.toString(16).padStart(8, "0")}`,
    { cause },
  );
}
