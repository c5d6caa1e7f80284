/** What the central directory says of one member of a zip, after it was checked. */
export interface ZipEntry {
  /** Normalised: forward slashes, no empty, `.` or `..` segments, no slash at the end. */
  readonly path: string;
  /** As it is written in the archive. */
  readonly rawName: Uint8Array;
  readonly kind: "file" | "directory" | "symlink";
  /** Bytes, inflated. */
  readonly size: number;
  readonly compressedSize: number;
  readonly crc32: number;
  /** Unix type and permission bits, where the archive has any. */
  readonly mode?: number;
  /** Seconds since 1970, as though the archive had been made in UTC: zips tell no zone. */
  readonly mtime: number;
  readonly method: "stored" | "deflated";
  readonly flags: number;
  /** Where its local header starts. */
  readonly offset: number;
  /** Where the next member, or the central directory, starts: nothing of this one lies beyond. */
  readonly end: number;
}
