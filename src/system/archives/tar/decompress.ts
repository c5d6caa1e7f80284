import { createReadStream, readFileSync } from "node:fs";
import { Readable, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import { PosyError } from "../../../errors/posy-error.ts";
import { gunzip } from "./gunzip.ts";
import { throughStream } from "./through-stream.ts";

/** Available in Node 22.15 and later, and in Bun. */
const createZstd = (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress;

const readLength = { highWaterMark: 1 << 20 };

/**
 * Returns the decompressed bytes of a tar archive. The compression follows from the name: `.tar`, `.tar.gz`,
 * `.tgz`, `.tar.bz2`, `.tbz`, `.tar.xz`, `.txz`, `.tar.zst`. Calls `admit` with the length of each piece
 * before the next one is made; it may throw. Errors of the decompressing library and of the file system are
 * thrown unchanged.
 */
export async function* decompress(
  path: string,
  label: string,
  admit: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  if (/\.(bz2|tbz2?)$/i.test(label)) {
    const { bunzip } = await import("./bunzip.ts");
    yield* bunzip(readFileSync(path), admit);
    return;
  }
  for await (const chunk of streamed(path, label)) {
    admit(chunk.length);
    yield chunk;
  }
}

async function* streamed(path: string, label: string): AsyncGenerator<Uint8Array> {
  switch (/\.(tar|gz|tgz|xz|txz|zst)$/i.exec(label)?.[1]?.toLowerCase()) {
    case "tar":
      return yield* createReadStream(path, readLength) as AsyncIterable<Uint8Array>;
    case "gz":
    case "tgz":
      return yield* gunzip(path);
    case "xz":
    case "txz":
      return yield* unxz(path);
    case "zst": {
      if (createZstd === undefined) {
        throw new PosyError(
          "invalid-archive",
          `\`${label}\` is compressed by zstd, which this Node can't read`,
          {
            hint: "use Node 22.15 or newer, or the archive that ends with `.tar.gz`",
          },
        );
      }
      return yield* throughStream(path, createZstd());
    }
    default:
      throw new PosyError("invalid-archive", `\`${label}\` does not have the name of a tar archive`);
  }
}

/** The meanings of the library's error numbers (`enum xz_ret` of XZ Embedded). */
const xzFailures: Readonly<Record<string, string>> = {
  "3": "not enough memory for its dictionary",
  "4": "not enough memory for its dictionary",
  "5": "it is not xz",
  "6": "it is compressed with filters that can't be read",
  "7": "its data are wrong",
  "8": "it is cut off",
};

async function* unxz(path: string): AsyncGenerator<Uint8Array> {
  const { XzReadableStream } = (await import("xz-decompress")).default;
  const compressed = Readable.toWeb(createReadStream(path, readLength));
  try {
    yield* new XzReadableStream(compressed as ReadableStream<Uint8Array>);
  } catch (cause) {
    const why = xzFailures[/error code (\d+)$/.exec((cause as Error).message)?.[1] ?? ""];
    throw why === undefined ? cause : new Error(why, { cause });
  }
}
