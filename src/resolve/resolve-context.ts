import type { Blueprint, Interpreter, PinnedBuild, SdistArtifact, SourceArtifact } from "../model/index.ts";
import type { PosyError } from "../errors/posy-error.ts";
import type { PackageDB } from "../packages/index.ts";
import type { Reporter } from "../report/reporter.ts";
import type { Machine } from "../system/machine/index.ts";
import type { CoreMetadata } from "../vocab/metadata/index.ts";
import type { PackageName, Requirement } from "../vocab/requirement/index.ts";
import type { PlatformName } from "../vocab/tags/index.ts";

/** What resolving needs of the world. */
export interface ResolveContext {
  readonly db: PackageDB;
  /** The interpreters that a Python requirement allows on a platform, best first. */
  interpreters(request: string | undefined, platform: PlatformName): Promise<readonly Interpreter[]>;
  readonly machine: Machine;
  readonly reporter: Reporter;
  /** An earlier answer: its pins are kept where they still fit. */
  readonly preferences?: Blueprint;
  /** Without it, versions that have only source distributions are no candidates. */
  readonly sources?: Sources;
  /** Called where packages disagree, before another way is looked for; what it throws ends the resolve. */
  onConflict?(): void;
}

/** What resolving needs of building: src/build implements it. Throws `build-failed`, `invalid-source`, … */
export interface Sources {
  /**
   * What a requirement's URL names where that is no file with a telling name: a folder, a git reference, an archive
   * of sources. Undefined for wheels and source distributions, which the `PackageDB` knows.
   */
  direct(
    url: string,
    name: PackageName | undefined,
    python: Interpreter,
  ): Promise<SourceArtifact | undefined>;
  /**
   * Its core metadata, by the cheapest way there is: it is built only where nothing else tells. What a person asks for
   * directly (by URL, or with `--no-binary NAME`) and can't be built is an error.
   */
  metadata(source: SdistArtifact | SourceArtifact, python: Interpreter): Promise<SourceMetadata>;
  /**
   * What `metadata` and `build` will ask for if it comes to them, asked for ahead as far as that takes no build. What they
   * answer does not depend on it. Undefined where there is nothing to ask for.
   */
  prefetch?(source: SdistArtifact, python: Interpreter): Promise<SourceHints | undefined>;
  /** What builds it for this interpreter, pinned. */
  build(source: SdistArtifact | SourceArtifact, python: Interpreter): Promise<PinnedBuild>;
  /**
   * Whether answers rested on failed builds of an earlier run. From then on those are tried again: no resolve fails for
   * what was repaired since.
   */
  retry?(): Promise<boolean>;
}

/** What is known of a source without its wheel. */
export type SourceMetadata =
  | {
      readonly kind: "known";
      readonly metadata: CoreMetadata;
      /** Its backend failed here, so the metadata come from elsewhere: a build may say otherwise. */
      readonly assumed?: Assumption;
    }
  /** It can't be built here, and nothing else tells its metadata. */
  | { readonly kind: "unbuildable"; readonly failure: PosyError };

export interface Assumption {
  /** What to tell a person; undefined where it was told before. */
  readonly message?: string;
  readonly hint?: string | undefined;
}

export interface SourceHints {
  /** Undefined where only a build tells. */
  readonly metadata?: CoreMetadata | undefined;
  /** What its build declares that it needs. */
  readonly requires: readonly Requirement[];
}
