import { PosyError } from "../../errors/posy-error.ts";
import {
  base64UrlToHex,
  type CsvRow,
  formatCsvRow,
  hexToBase64Url,
  parseCsv,
  quote,
} from "../../text/index.ts";
import { digestLengths } from "../hash.ts";

/** One line of RECORD: a path, and the file or link there. */
export interface RecordRow {
  /** As written, usually with forward slashes. Not checked here, since the archive decides which paths are allowed. */
  readonly path: string;
  /** Algorithm as in `hashlib`, lower case; digest in lower-case hexadecimal. */
  readonly hash?: { readonly algorithm: string; readonly digest: string };
  /** Bytes. */
  readonly size?: number;
  /** The raw target of a symbolic link, instead of a hash (PEP 711). */
  readonly symlink?: string;
}

const symlinkPrefix = "symlink=";

/**
 * Reads RECORD (PEP 376, 427, 711). Hashes are url-safe base64 with or without `=`. Throws `invalid-record` with the
 * line.
 */
export function parseRecord(text: string): RecordRow[] {
  return readCsv(text).map(parseRow);
}

/** The rows of a RECORD with errors. */
export interface LenientRecord {
  /** The rows, those with an error without what could not be read. */
  readonly rows: readonly RecordRow[];
  /** What is wrong, one message per line that has an error. */
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}

/**
 * Reads the RECORD of a wheel (PEP 427), and collects errors instead of throwing them, as pip does. Old tools did not
 * quote paths with commas, so of a row with more than three fields, those before the hash are the path.
 */
export function parseRecordLeniently(text: string): LenientRecord {
  const rows: RecordRow[] = [];
  const errors: { path: string; message: string }[] = [];
  for (const { line, fields } of readCsv(text)) {
    const joined = fields.length > 3 ? joinPath(fields) : fields;
    const [path = ""] = joined;
    let error = fields.length > 3 ? invalidRecord(line, countOf(fields)) : undefined;
    try {
      rows.push(parseRow({ line, fields: joined.slice(0, 3) }));
    } catch (cause) {
      if (!(cause instanceof PosyError)) throw cause;
      error ??= cause;
      if (path !== "") rows.push({ path });
    }
    if (error !== undefined) errors.push({ path, message: error.message.replace(/^RECORD, /, "") });
  }
  return { rows, errors };
}

function readCsv(text: string): CsvRow[] {
  return parseCsv(text.startsWith("\uFEFF") ? text.slice(1) : text);
}

function parseRow({ line, fields }: CsvRow): RecordRow {
  const [path = "", hash = "", size = "", ...more] = fields;
  if (path === "") throw invalidRecord(line, "there is no path");
  if (more.length > 0) throw invalidRecord(line, countOf(fields));
  if (hash.startsWith(symlinkPrefix)) {
    if (size !== "") throw invalidRecord(line, `the link ${quote(path)} has a size`);
    return { path, symlink: hash.slice(symlinkPrefix.length) };
  }
  return {
    path,
    ...(hash === "" ? {} : { hash: parseHash(hash, line) }),
    ...(size === "" ? {} : { size: parseSize(size, line) }),
  };
}

function countOf(fields: readonly string[]): string {
  return `there are ${fields.length} fields, not three`;
}

/** Joins the fields before the first that looks like a hash and is followed by a size. */
function joinPath(fields: readonly string[]): readonly string[] {
  const isHash = (field: string) => field === "" || /^[a-z0-9]+=/.test(field);
  const isSize = (field = "") => /^[0-9]*$/.test(field);
  const hashIndex = fields.findIndex(
    (field, index) => index > 0 && isHash(field) && isSize(fields[index + 1]),
  );
  if (hashIndex < 0) return fields;
  return [fields.slice(0, hashIndex).join(","), ...fields.slice(hashIndex)];
}

/** Writes RECORD: `\n` line ends, digests without `=`. */
export function formatRecord(rows: readonly RecordRow[]): string {
  return rows
    .map(({ path, hash, size, symlink }) =>
      symlink === undefined
        ? formatCsvRow([
            path,
            hash ? `${hash.algorithm}=${hexToBase64Url(hash.digest)}` : "",
            `${size ?? ""}`,
          ])
        : formatCsvRow([path, symlinkPrefix + symlink, ""]),
    )
    .join("");
}

function parseHash(text: string, line: number): { algorithm: string; digest: string } {
  const equals = text.indexOf("=");
  const algorithm = text.slice(0, equals).toLowerCase();
  const digest = equals < 1 ? undefined : base64UrlToHex(text.slice(equals + 1));
  if (digest === undefined || digest === "") {
    throw invalidRecord(line, `${quote(text)} is not \`algorithm=digest\` in url-safe base64`);
  }
  const length = digestLengths.get(algorithm);
  // Debian's packages have hexadecimal here. It is longer than base64 of the same digest, so the two can't be confused.
  const hex = text.slice(equals + 1).toLowerCase();
  if (hex.length === length && /^[0-9a-f]+$/.test(hex)) return { algorithm, digest: hex };
  if (length !== undefined && digest.length !== length) {
    throw invalidRecord(line, `${quote(text)} has ${digest.length / 2} bytes, not ${length / 2}`);
  }
  return { algorithm, digest };
}

function parseSize(text: string, line: number): number {
  const size = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw invalidRecord(line, `${quote(text)} is not a size`);
  return size;
}

function invalidRecord(line: number, reason: string): PosyError {
  return new PosyError("invalid-record", `RECORD, line ${line}: ${reason}`);
}
