/** A member of a zip as the central directory describes it, after all checks. */
export interface ZipEntry {
  /** Normalised: forward slashes, no empty, `.` or `..` segments, no slash at the end. */
  readonly path: string;
  /** The name as written in the archive. */
  readonly rawName: Uint8Array;
  readonly kind: "file" | "directory" | "symlink";
  /** Bytes, inflated. */
  readonly size: number;
  readonly compressedSize: number;
  readonly crc32: number;
  /** Unix type and permission bits, if the archive has any. */
  readonly mode?: number;
  /** Seconds since 1970, as if the archive had been made in UTC: zips have no time zone. */
  readonly mtime: number;
  readonly method: "stored" | "deflated";
  readonly flags: number;
  /** The offset of the local header. */
  readonly offset: number;
  /** The offset of the next member or of the central directory, before which this member ends. */
  readonly end: number;
}
