import { statSync } from "node:fs";
import { PosyError } from "../../../errors/posy-error.ts";
import { asPosyError, errnoOf, refuseSpecialFile } from "../../fs/index.ts";
import { defaultZipLimits } from "../zip/zip-limits.ts";
import { decompress } from "./decompress.ts";
import { readTar, type StreamedTarMember, streamTar, type TarMember, type TarOptions } from "./read-tar.ts";

/**
 * Returns the members of a local tar archive in order. `label` is its name, from which the compression
 * follows (`decompress.ts`). Stops at the size limit for archives. Throws `invalid-archive`, `not-found`, …
 */
export async function* openTar(
  path: string,
  label: string,
  wanted?: (path: string) => boolean,
  options?: TarOptions,
): AsyncGenerator<TarMember> {
  yield* opened(path, label, defaultZipLimits.total, (chunks) => readTar(chunks, label, wanted, options));
}

/** Returns the members as `openTar` does, but holds no file in memory. The archive may be of any size. */
export async function* openTarStream(path: string, label: string): AsyncGenerator<StreamedTarMember> {
  yield* opened(path, label, Number.POSITIVE_INFINITY, (chunks) => streamTar(chunks, label));
}

async function* opened<T>(
  path: string,
  label: string,
  largest: number,
  read: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<T>,
): AsyncGenerator<T> {
  try {
    refuseSpecialFile(path);
    const admit = bombGuard(statSync(path).size, label, largest);
    yield* read(decompress(path, label, admit));
  } catch (error) {
    if (error instanceof PosyError) throw error;
    if (errnoOf(error) !== "" && (error as NodeJS.ErrnoException).syscall !== undefined)
      throw asPosyError(error, `reading \`${path}\``);
    throw new PosyError("invalid-archive", `\`${label}\` is damaged: ${(error as Error).message}`, {
      hint: "download it again",
      cause: error,
    });
  }
}

/**
 * Returns a function that counts the bytes that are really decompressed, whatever headers claim, and throws
 * beyond the limits, which are the same as for zips.
 */
function bombGuard(archiveSize: number, label: string, largest: number): (bytes: number) => void {
  const { ratio, ratioFrom } = defaultZipLimits;
  const most = Math.min(largest, Math.max(ratioFrom, archiveSize * ratio));
  let done = 0;
  return (bytes) => {
    done += bytes;
    if (done <= most) return;
    throw new PosyError(
      "invalid-archive",
      `\`${label}\` unpacks to more than ${most} bytes: it looks like a decompression bomb`,
      {
        hint: "report it to its publisher",
      },
    );
  };
}
