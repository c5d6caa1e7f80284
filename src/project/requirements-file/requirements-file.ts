import type { BriefRequirement, SourceRequirement } from "../../model/index.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";

/** What requirements files come to, those that they name included. */
export interface RequirementsFile {
  readonly requirements: readonly BriefRequirement[];
  readonly constraints: readonly BriefRequirement[];
  /** Folders (`-e` too), repositories and archives without a name. */
  readonly sources: readonly SourceRequirement[];
  /** Options about indexes, in the order written; locations are as written but for paths, which are absolute. */
  readonly index: FileIndexOptions;
  /** `--pre`. */
  readonly prerelease: boolean;
  /** `--require-hashes`, or some requirement or constraint has a `--hash`: then every package must have one. */
  readonly requireHashes: boolean;
  readonly builds: FileBuildOptions;
  /** What was read over and should be known. */
  readonly warnings: readonly string[];
}

/** What is said of building, in the order written. */
export interface FileBuildOptions {
  /** Values of `--no-binary` and `--only-binary`. */
  readonly noBinary: readonly string[];
  readonly onlyBinary: readonly string[];
  /** `--config-settings` behind a requirement: its name, and `KEY=VALUE`. */
  readonly settings: readonly (readonly [name: PackageName, setting: string])[];
}

export interface FileIndexOptions {
  /** The last `--index-url` counts. */
  readonly indexUrl?: string;
  readonly extraIndexUrls: readonly string[];
  readonly findLinks: readonly string[];
  readonly noIndex: boolean;
  readonly trustedHosts: readonly string[];
}
