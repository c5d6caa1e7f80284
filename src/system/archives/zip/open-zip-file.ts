import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { createInflateRaw } from "node:zlib";
import { PosyError } from "../../../errors/posy-error.ts";
import { asPosyError, refuseSpecialFile } from "../../fs/index.ts";
import { parseCentralDirectory } from "./central-directory.ts";
import { checkEntries } from "./check-entries.ts";
import { endRecordReach, parseEndRecord } from "./end-record.ts";
import { checkLocalHeader, localHeaderLength, memberReach } from "./local-header.ts";
import { invalidArchive, memberData, refusing } from "./member-data.ts";
import type { ZipOptions } from "./open-zip.ts";
import type { ZipEntry } from "./zip-entry.ts";
import { defaultZipLimits } from "./zip-limits.ts";

/** Archives of up to this many bytes are read into memory. */
const wholeLimit = 64 * 2 ** 20;
const chunkLength = 4 * 2 ** 20;

/** A zip file that is read synchronously, because unpacking spends most of its time here. */
export interface ZipFile {
  readonly entries: readonly ZipEntry[];
  entry(path: string): ZipEntry | undefined;
  /** Returns the content of a member. The bytes are valid until the next call. */
  readSync(entry: ZipEntry): Uint8Array;
  /**
   * Returns the content of a member in pieces, for members that are too large for memory. Checks the size, but not the
   * CRC, which the caller has to check.
   */
  chunks(entry: ZipEntry): AsyncIterable<Uint8Array>;
  close(): void;
}

/** Opens a zip file. Refuses the same archives as `openZip`. Throws `invalid-archive`, `not-found`, … */
export function openZipFile(path: string, options: ZipOptions = {}): ZipFile {
  const label = options.label ?? path;
  attempt(path, () => refuseSpecialFile(path));
  const file = attempt(path, () => openSync(path, "r"));
  try {
    const size = attempt(path, () => fstatSync(file).size);
    const whole = size <= wholeLimit ? readExactly(file, 0, size, path) : undefined;
    const bytes = (offset: number, length: number) =>
      whole?.subarray(offset, offset + length) ?? readExactly(file, offset, length, path);
    const { entries, byPath } = refusing(label, () => {
      const tailLength = Math.min(size, endRecordReach);
      const end = parseEndRecord(bytes(size - tailLength, tailLength), size);
      const limits = { ...defaultZipLimits, ...options.limits };
      if (end.entries > limits.entries || end.directorySize > limits.directory) {
        throw new Error(`it claims to have ${end.entries} members: it looks like a zip bomb`);
      }
      const directory = bytes(end.directoryOffset, end.directorySize);
      const entries = parseCentralDirectory(directory, end, options.names ?? "safe");
      return { entries, byPath: checkEntries(entries, size, limits, options.foldNames ?? false) };
    });
    return {
      entries,
      entry: (name) => byPath.get(name),
      readSync: (entry) => refusing(label, () => memberData(bytes(entry.offset, memberReach(entry)), entry)),
      chunks: (entry) => chunks(entry, bytes, label),
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

async function* chunks(
  entry: ZipEntry,
  bytes: (offset: number, length: number) => Buffer,
  label: string,
): AsyncGenerator<Uint8Array> {
  const headLength = Math.min(entry.end - entry.offset, localHeaderLength + entry.rawName.length + 0xffff);
  const start =
    refusing(label, () => checkLocalHeader(bytes(entry.offset, headLength), entry)) + entry.offset;
  const raw = (function* () {
    for (let at = 0; at < entry.compressedSize; at += chunkLength) {
      yield bytes(start + at, Math.min(chunkLength, entry.compressedSize - at));
    }
  })();
  if (entry.method === "stored") {
    yield* raw;
    return;
  }
  const inflating = createInflateRaw({ chunkSize: 1 << 20 });
  // An error of either stream ends the loop below.
  pipeline(Readable.from(raw), inflating, () => {});
  let done = 0;
  try {
    for await (const piece of inflating as AsyncIterable<Buffer>) {
      done += piece.length;
      if (done > entry.size) break;
      yield piece;
    }
  } catch (error) {
    throw invalidArchive(label, `its member \`${entry.path}\` is damaged`, error);
  } finally {
    inflating.destroy();
  }
  if (done !== entry.size)
    throw invalidArchive(label, `its member \`${entry.path}\` has another size than its header says`);
}

function readExactly(file: number, offset: number, length: number, path: string): Buffer {
  const buffer = Buffer.allocUnsafeSlow(length);
  let done = 0;
  while (done < length) {
    const count = attempt(path, () => readSync(file, buffer, done, length - done, offset + done));
    if (count === 0)
      throw new PosyError("invalid-archive", `\`${path}\` ends before byte ${offset + length}`);
    done += count;
  }
  return buffer;
}

function attempt<T>(path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw asPosyError(error, `reading \`${path}\``);
  }
}
