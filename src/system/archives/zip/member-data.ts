import { PosyError } from "../../../errors/posy-error.ts";
import { crc32 } from "../crc32.ts";
import { inflate } from "../inflate.ts";
import { checkLocalHeader } from "./local-header.ts";
import type { ZipEntry } from "./zip-entry.ts";
import { otherSystemHint, ZipRefusal } from "./zip-refusal.ts";

/**
 * Returns the content of a member. `bytes` begins at `entry.offset` and has `memberReach` bytes. Compares the
 * local header with the central directory, and checks size and CRC-32. Throws an `Error` with the reason.
 */
export function memberData(bytes: Buffer, entry: ZipEntry): Uint8Array {
  const start = checkLocalHeader(bytes, entry);
  const data = bytes.subarray(start, start + entry.compressedSize);
  if (entry.method === "stored") {
    if (crc32(data) !== entry.crc32)
      throw new Error(`its member ${JSON.stringify(entry.path)} has a wrong CRC-32`);
    return data;
  }
  try {
    return inflate(data, entry.size, entry.crc32);
  } catch (cause) {
    throw new Error(`its member ${JSON.stringify(entry.path)} is damaged: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Runs a step of reading `label`. Turns any error into `invalid-archive`. */
export function refusing<T>(label: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof PosyError) throw error;
    throw invalidArchive(label, (error as Error).message, error);
  }
}

export function invalidArchive(label: string, why: string, cause?: unknown): PosyError {
  if (cause instanceof ZipRefusal && cause.where !== undefined) {
    return new PosyError("invalid-archive", `\`${label}\` can't be unpacked ${cause.where}: ${why}`, {
      hint: otherSystemHint,
      cause,
    });
  }
  return new PosyError("invalid-archive", `\`${label}\` is not a zip archive that can be trusted: ${why}`, {
    hint: "download it again; if it happens again, report it to its publisher",
    cause,
  });
}
