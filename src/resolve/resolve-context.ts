import type { Blueprint, Interpreter, PinnedBuild, SdistArtifact, SourceArtifact } from "../model/index.ts";
import type { PosyError } from "../errors/posy-error.ts";
import type { PackageDB } from "../packages/index.ts";
import type { Reporter } from "../report/reporter.ts";
import type { Machine } from "../system/machine/index.ts";
import type { CoreMetadata } from "../vocab/metadata/index.ts";
import type { PackageName, Requirement } from "../vocab/requirement/index.ts";
import type { PlatformName } from "../vocab/tags/index.ts";

/** Everything that resolving needs from outside. */
export interface ResolveContext {
  readonly db: PackageDB;
  /** The interpreters that a Python requirement allows on a platform, best first. */
  interpreters(request: string | undefined, platform: PlatformName): Promise<readonly Interpreter[]>;
  /**
   * Describes interpreters, best first, for a platform for which there is none, so that a lock can leave the
   * interpreter open. `known` are versions that other targets have. Without this function, such a platform is an error.
   */
  openInterpreters?(
    request: string | undefined,
    platform: PlatformName,
    known: readonly string[],
  ): Promise<readonly Interpreter[]>;
  /** If only one of several platforms has no answer, the error says so. That takes resolving the others. */
  readonly comparesPlatforms?: boolean;
  readonly machine: Machine;
  readonly reporter: Reporter;
  /** An earlier Blueprint. Its pins are kept wherever they still fit. */
  readonly preferences?: Blueprint;
  /** Without it, versions that have only source distributions are not candidates. */
  readonly sources?: Sources;
  /**
   * Called at the first conflict, before another solution is searched for. An error that it throws ends the resolve.
   */
  onConflict?(): void;
}

/** What resolving needs from building. src/builder implements it. Throws `build-failed`, `invalid-source`, … */
export interface Sources {
  /**
   * Returns the source that a requirement's URL names: a folder, a git reference, or an archive of sources. Returns
   * undefined for wheels and source distributions, which the `PackageDB` handles.
   */
  direct(
    url: string,
    name: PackageName | undefined,
    python: Interpreter,
  ): Promise<SourceArtifact | undefined>;
  /**
   * Returns the core metadata of a source in the cheapest way there is. It is built only if nothing else has its
   * metadata. If a source that a person asks for directly (by URL, or with `--no-binary NAME`) can't be built, this
   * throws.
   */
  metadata(source: SdistArtifact | SourceArtifact, python: Interpreter): Promise<SourceMetadata>;
  /**
   * Fetches ahead what `metadata` and `build` will need, as far as that takes no build. It does not change their
   * results. Returns undefined if there is nothing to fetch.
   */
  prefetch?(source: SdistArtifact, python: Interpreter): Promise<SourceHints | undefined>;
  /** Returns the pinned build requirements for this interpreter. */
  build(source: SdistArtifact | SourceArtifact, python: Interpreter): Promise<PinnedBuild>;
  /**
   * Returns whether results relied on build failures remembered from an earlier run. From then on those builds are
   * tried again, so that no resolve fails because of something that was repaired since.
   */
  retry?(): Promise<boolean>;
}

/** The metadata of a source, without a wheel of it. */
export type SourceMetadata =
  | {
      readonly kind: "known";
      readonly metadata: CoreMetadata;
      /** Its backend failed here, so the metadata come from elsewhere. A build may give others. */
      readonly assumed?: Assumption;
    }
  /** It can't be built here, and its metadata are available nowhere else. */
  | { readonly kind: "unbuildable"; readonly failure: PosyError };

export interface Assumption {
  /** The warning to show. Undefined if it was shown before. */
  readonly message?: string;
  readonly hint?: string | undefined;
}

export interface SourceHints {
  /** Undefined if only a build gives them. */
  readonly metadata?: CoreMetadata | undefined;
  /** The build requirements that it declares. */
  readonly requires: readonly Requirement[];
}
