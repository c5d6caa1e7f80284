import { createHash } from "node:crypto";
import { isLibrary, libraryFolders } from "./library-run-paths.ts";

/** What was learnt from reading a member's content. */
export interface MemberFacts {
  readonly size: number;
  /** At least the first 64 bytes, or all if there are fewer. */
  readonly head: Uint8Array;
  /** The folders in which a library looks for others; empty for all other files. */
  readonly folders: readonly string[];
  /** Hexadecimal; `algorithm` is one of `hashlib`'s. */
  digest(algorithm: string): string;
}

export function factsOf(content: Uint8Array, path: string): MemberFacts {
  let sha256: string | undefined;
  const digest = (algorithm: string) => createHash(algorithm).update(content).digest("hex");
  return {
    size: content.length,
    head: content,
    folders: isLibrary(content) ? libraryFolders(content, path) : [],
    digest: (algorithm) => (algorithm === "sha256" ? (sha256 ??= digest("sha256")) : digest(algorithm)),
  };
}
