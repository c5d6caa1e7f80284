import type { ByteReader } from "./byte-reader.ts";
import { parseCentralDirectory } from "./central-directory.ts";
import { checkEntries } from "./check-entries.ts";
import { endRecordReach, parseEndRecord } from "./end-record.ts";
import { memberReach } from "./local-header.ts";
import { invalidArchive, memberData, refusing } from "./member-data.ts";
import type { NameRules } from "./member-name.ts";
import type { ZipEntry } from "./zip-entry.ts";
import { defaultZipLimits, type ZipLimits } from "./zip-limits.ts";

export interface Zip {
  /** The members, in the order of the central directory. */
  readonly entries: readonly ZipEntry[];
  /** Returns the member with a normalised path. */
  entry(path: string): ZipEntry | undefined;
  /**
   * Returns the content of a member: empty for a folder, the target for a link. Throws `invalid-archive` if it has more
   * than `limit` bytes (256 MiB).
   */
  read(entry: ZipEntry, limit?: number): Promise<Uint8Array>;
}

export interface ZipOptions {
  /** The name of the archive in messages, such as its file name. */
  readonly label?: string;
  readonly limits?: Partial<ZipLimits>;
  readonly names?: NameRules;
  /** Refuse names that differ only in case, because the archive is for systems that ignore case. */
  readonly foldNames?: boolean;
  /**
   * Read only the members whose names end with this text. It is used to read one member of an archive that is not
   * downloaded. The other members are not checked; unpacking the archive checks all of them.
   */
  readonly only?: string;
}

/**
 * Opens a zip archive for reading. It refuses everything that two readers could understand differently, encryption,
 * methods other than stored and deflated, several disks, names that leave the root, and archives that look like a zip
 * bomb. Throws `invalid-archive`, and the errors of the reader.
 */
export async function openZip(reader: ByteReader, options: ZipOptions = {}): Promise<Zip> {
  const label = options.label ?? "archive";
  const limits = { ...defaultZipLimits, ...options.limits };
  const tailLength = Math.min(reader.size, endRecordReach);
  const tailStart = reader.size - tailLength;
  const tail = asBuffer(await reader.read(tailStart, tailLength));
  const end = refusing(label, () => parseEndRecord(tail, reader.size));
  if (end.entries > limits.entries || end.directorySize > limits.directory) {
    throw invalidArchive(label, `it claims to have ${end.entries} members: it looks like a zip bomb`);
  }
  const directory =
    end.directoryOffset >= tailStart
      ? tail.subarray(end.directoryOffset - tailStart, end.directoryOffset - tailStart + end.directorySize)
      : asBuffer(await reader.read(end.directoryOffset, end.directorySize));
  return refusing(label, () => {
    const entries = parseCentralDirectory(directory, end, options.names ?? "safe", options.only);
    const byPath = checkEntries(entries, reader.size, limits, options.foldNames ?? false);
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
