/** What is wrong with one file of a store entry. */
export interface Damage {
  /** Relative to the entry, with slashes. A folder stands for everything in it. */
  readonly path: string;
  /**
   * `missing`: it is gone. `changed`: it has other content, is of another kind (a link instead of a file), cannot be
   * read, or is not executable any more. `added`: Posy did not put it there.
   */
  readonly kind: "missing" | "changed" | "added";
}

/** A file or link that an entry must have. */
export type Expected = ExpectedFile | { readonly symlink: string };

interface ExpectedFile {
  /** Bytes. */
  readonly size?: number | undefined;
  /** The algorithm as in `hashlib`, the digest in lower-case hexadecimal. Without a hash, any content is right. */
  readonly hash?: { readonly algorithm: string; readonly digest: string } | undefined;
  /** Whether its owner must be able to execute it. */
  readonly executable?: boolean | undefined;
}

export interface VerifyOptions {
  /**
   * Hashes every file. Otherwise only files are hashed that were written to after the entry was published; of the
   * others, the sizes are compared.
   */
  readonly full: boolean;
  /**
   * Called with the number of files that were compared so far. Work on the main thread yields to other tasks here.
   */
  readonly progress?: (files: number) => void | Promise<void>;
}
