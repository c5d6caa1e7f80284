/** Limits beyond which an archive is rejected as hostile. */
export interface ZipLimits {
  readonly entries: number;
  /** Bytes of the central directory. */
  readonly directory: number;
  /** Bytes of all members, inflated. */
  readonly total: number;
  /** Inflated bytes for each byte of the archive, once `ratioFrom` inflated bytes are passed. */
  readonly ratio: number;
  readonly ratioFrom: number;
}

/**
 * The largest wheels that exist have some 40,000 members and inflate to 7 GB; wheels inflate to 3–5 times their
 * size, the most extreme to some 30.
 */
export const defaultZipLimits: ZipLimits = {
  entries: 1_000_000,
  directory: 256 * 2 ** 20,
  total: 64 * 2 ** 30,
  ratio: 150,
  ratioFrom: 256 * 2 ** 20,
};
