import type { ByteReader } from "./byte-reader.ts";
import { parseCentralDirectory } from "./central-directory.ts";
import { checkEntries, hostFoldsNames } from "./check-entries.ts";
import { endRecordReach, parseEndRecord } from "./end-record.ts";
import { memberReach } from "./local-header.ts";
import { invalidArchive, memberData, refusing } from "./member-data.ts";
import type { NameRules } from "./member-name.ts";
import type { ZipEntry } from "./zip-entry.ts";
import { defaultZipLimits, type ZipLimits } from "./zip-limits.ts";

export interface Zip {
  /** In the order of the central directory. */
  readonly entries: readonly ZipEntry[];
  /** By its normalised path. */
  entry(path: string): ZipEntry | undefined;
  /** A member's content, at most `limit` bytes (256 MiB). A folder's is empty, a link's is its target. */
  read(entry: ZipEntry, limit?: number): Promise<Uint8Array>;
}

export interface ZipOptions {
  /** What messages call the archive: its file name. */
  readonly label?: string;
  readonly limits?: Partial<ZipLimits>;
  readonly names?: NameRules;
  /** Refuse names that differ in case only. Default: where this machine's file systems do not tell them apart. */
  readonly foldNames?: boolean;
  /**
   * Only the members whose names end so: for a look at one of them before the archive is here. Of the others nothing is
   * checked but that the directory is whole; who unpacks it reads all.
   */
  readonly only?: string;
}

/**
 * Opens a zip for reading. Strict: all that two readers could understand differently is refused, as are
 * encryption, methods other than stored and deflated, several disks, names that leave the root and archives that
 * look like a bomb. Throws `invalid-archive`, and what the reader throws.
 */
export async function openZip(reader: ByteReader, options: ZipOptions = {}): Promise<Zip> {
  const label = options.label ?? "archive";
  const limits = { ...defaultZipLimits, ...options.limits };
  const tailLength = Math.min(reader.size, endRecordReach);
  const tailStart = reader.size - tailLength;
  const tail = asBuffer(await reader.read(tailStart, tailLength));
  const end = refusing(label, () => parseEndRecord(tail, reader.size));
  if (end.entries > limits.entries || end.directorySize > limits.directory) {
    throw invalidArchive(label, `it says that it has ${end.entries} members: it looks like a bomb`);
  }
  const directory =
    end.directoryOffset >= tailStart
      ? tail.subarray(end.directoryOffset - tailStart, end.directoryOffset - tailStart + end.directorySize)
      : asBuffer(await reader.read(end.directoryOffset, end.directorySize));
  return refusing(label, () => {
    const entries = parseCentralDirectory(directory, end, options.names ?? "safe", options.only);
    const byPath = checkEntries(entries, reader.size, limits, options.foldNames ?? hostFoldsNames);
    return {
      entries,
      entry: (path: string) => byPath.get(path),
      async read(entry: ZipEntry, limit = 256 * 2 ** 20) {
        if (entry.size > limit) {
          throw invalidArchive(
            label,
            `its member \`${entry.path}\` has ${entry.size} bytes, more than ${limit}`,
          );
        }
        const bytes = asBuffer(await reader.read(entry.offset, memberReach(entry)));
        return refusing(label, () => memberData(bytes, entry));
      },
    };
  });
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
