import type { BriefRequirement, SourceRequirement } from "../../model/index.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";

/** The contents of requirements files and of the files that they include. */
export interface RequirementsFile {
  readonly requirements: readonly BriefRequirement[];
  readonly constraints: readonly BriefRequirement[];
  /** Folders (with and without `-e`), repositories and archives whose package name is not known. */
  readonly sources: readonly SourceRequirement[];
  /** Options about indexes, in the order written. URLs are as written, paths are absolute. */
  readonly index: FileIndexOptions;
  /** True if there is a `--pre`. */
  readonly prerelease: boolean;
  /**
   * True if there is a `--require-hashes`, or if a requirement or constraint has a `--hash`. Then every package must
   * have one.
   */
  readonly requireHashes: boolean;
  readonly builds: FileBuildOptions;
  /** A sentence for each option that has no effect. */
  readonly warnings: readonly string[];
}

/** Options about building, in the order written. */
export interface FileBuildOptions {
  /** Values of `--no-binary` and `--only-binary`. */
  readonly noBinary: readonly string[];
  readonly onlyBinary: readonly string[];
  /** Each `--config-settings` after a requirement: the name of the package, and `KEY=VALUE`. */
  readonly settings: readonly (readonly [name: PackageName, setting: string])[];
}

/** Options about indexes. */
export interface FileIndexOptions {
  /** The last `--index-url`. */
  readonly indexUrl?: string;
  readonly extraIndexUrls: readonly string[];
  readonly findLinks: readonly string[];
  readonly noIndex: boolean;
  readonly trustedHosts: readonly string[];
}
