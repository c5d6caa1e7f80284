import { createReadStream } from "node:fs";
import { pipeline, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError } from "../files.ts";
import { readTar, type TarMember } from "./read-tar.ts";

/** Node has it from 22.15 on, Bun too. */
const createZstd = (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress;

/** The members of a `.tar.gz`, `.tgz` or `.tar.zst`, one after the other. Throws `invalid-archive`, `not-found`, … */
export async function* openTar(
  path: string,
  label: string,
  wanted?: (path: string) => boolean,
): AsyncGenerator<TarMember> {
  const unpacking = label.endsWith(".zst") ? createZstd?.() : zlib.createGunzip();
  if (unpacking === undefined) {
    throw new PosyError("invalid-archive", `\`${label}\` is compressed by zstd, which this Node can't read`, {
      hint: "use Node 22.15 or newer, or the archive that ends with `.tar.gz`",
    });
  }
  let failure: unknown;
  pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), unpacking, (error) => (failure = error));
  try {
    yield* readTar(unpacking as AsyncIterable<Uint8Array>, label, wanted);
  } catch (error) {
    if (error instanceof PosyError) throw error;
    const said = failure ?? error;
    if ((said as NodeJS.ErrnoException).syscall !== undefined) throw asPosyError(said, `reading \`${path}\``);
    throw new PosyError("invalid-archive", `\`${label}\` is damaged: ${(said as Error).message}`, {
      hint: "download it again",
      cause: error,
    });
  } finally {
    unpacking.destroy();
  }
}
