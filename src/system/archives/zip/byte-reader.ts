import { open } from "node:fs/promises";
import { PosyError } from "../../../errors/posy-error.ts";
import { asPosyError, refuseSpecialFile } from "../../fs/index.ts";

/** Random access to bytes, wherever they are: in memory, in a file, behind range requests. */
export interface ByteReader {
  /** The total number of bytes. */
  readonly size: number;
  /** Returns exactly `length` bytes from `offset` in a new buffer. The caller stays within `size`. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export function bytesReader(bytes: Uint8Array): ByteReader {
  return {
    size: bytes.length,
    read: async (offset, length) => bytes.slice(offset, offset + length),
  };
}

/** Reads a file, which stays open until the reader is disposed of. */
export async function fileReader(path: string): Promise<ByteReader & AsyncDisposable> {
  try {
    refuseSpecialFile(path);
    const file = await open(path, "r");
    const { size } = await file.stat();
    return {
      size,
      async read(offset, length) {
        const buffer = Buffer.allocUnsafe(length);
        let done = 0;
        while (done < length) {
          const { bytesRead } = await file.read(buffer, done, length - done, offset + done);
          if (bytesRead === 0) {
            throw new PosyError("invalid-archive", `\`${path}\` ends before byte ${offset + length}`);
          }
          done += bytesRead;
        }
        return buffer;
      },
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    throw asPosyError(error, `reading \`${path}\``);
  }
}
