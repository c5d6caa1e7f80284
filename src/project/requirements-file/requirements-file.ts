import type { BriefRequirement } from "../../blueprint/brief.ts";

/** What requirements files come to, those that they name included. */
export interface RequirementsFile {
  readonly requirements: readonly BriefRequirement[];
  readonly constraints: readonly BriefRequirement[];
  /** Options about indexes, in the order written; locations are as written but for paths, which are absolute. */
  readonly index: FileIndexOptions;
  /** `--pre`. */
  readonly prerelease: boolean;
  /** `--require-hashes`, or some requirement has a `--hash`: then every package must have one. */
  readonly requireHashes: boolean;
  /** What was read over and should be known. */
  readonly warnings: readonly string[];
}

export interface FileIndexOptions {
  /** The last `--index-url` counts. */
  readonly indexUrl?: string;
  readonly extraIndexUrls: readonly string[];
  readonly findLinks: readonly string[];
  readonly noIndex: boolean;
  readonly trustedHosts: readonly string[];
}
