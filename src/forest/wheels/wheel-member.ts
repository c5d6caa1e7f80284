import { createHash } from "node:crypto";
import { isLibrary, libraryFolders } from "./library-run-paths.ts";

/** What is known of a member's content once it was seen. */
export interface MemberFacts {
  readonly size: number;
  /** The first 64 bytes at least, where there are so many. */
  readonly head: Uint8Array;
  /** Where a library looks for others; empty for everything else. */
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
