import type { Hashes, Sha256 } from "../vocab/hash.ts";
import type { MarkerEnvironment, PackageName } from "../vocab/requirement/index.ts";
import type { CoreMetadata } from "../vocab/metadata/index.ts";
import type { PybiFilename } from "../vocab/filenames/index.ts";
import type { Version } from "../vocab/version/index.ts";
import type { Artifact, IndexedArtifact, SdistArtifact, WheelArtifact } from "../model/index.ts";
import type { SdistFiles } from "./metadata/sdist-files.ts";

/** One version of a project and its files, each read when it is asked for: most never are. */
export interface Release {
  readonly version: Version;
  readonly artifacts: readonly Artifact[];
}

/** Everything that the indexes say of one project. */
export interface Project {
  readonly name: PackageName;
  /** False where no index and no folder knows the name. */
  readonly found: boolean;
  /** Newest first; versions that are equal (1.0, 1.0.0) are one release. */
  readonly releases: readonly Release[];
  /** Where it was looked for, safe to print: an explanation names them. */
  readonly lookedIn: readonly string[];
  /** Files that were set aside, counted by reason: for explanations ("12 files were uploaded after …"). */
  readonly setAside: readonly { readonly reason: string; readonly count: number }[];
}

/** A file on this disk whose bytes were verified. */
export interface LocalArtifact {
  readonly path: string;
  readonly sha256: Sha256;
  readonly size: number;
}

/** A pybi that an index of interpreters or a folder offers (PEP 711). */
export interface PybiArtifact {
  readonly filename: string;
  readonly pybi: PybiFilename;
  readonly url: string;
  readonly hashes: Hashes;
  readonly size?: number;
  readonly index?: string;
}

/** Any download that is known by URL and hash and nothing else (an archive of the interpreter catalogue, of a forge). */
export interface Download {
  readonly url: string;
  readonly filename: string;
  readonly hashes: Hashes;
  readonly size?: number;
  /** What lies there may be another file by now: it is asked for again where there is no hash. */
  readonly fresh?: boolean;
}

/**
 * Everything that can be asked of package indexes. Calls may be made at any time and in any number: the
 * database limits, shares and remembers them itself. Every failure is a `PosyError`.
 */
export interface PackageDB {
  /** What the indexes have of it; with `index` (as `indexOf` tells it) what that one has. */
  project(name: PackageName, index?: string): Promise<Project>;
  /** The one index that a package comes from in an environment; undefined where it is looked for in all. */
  indexOf(name: PackageName, environment: MarkerEnvironment): string | undefined;
  /**
   * Core metadata by the cheapest way there is: the `.metadata` file, a range request for the zip's tail, the
   * whole file. Throws `invalid-metadata`, `invalid-wheel`, …: the caller rejects the version with a note.
   */
  metadata(artifact: WheelArtifact): Promise<CoreMetadata>;
  /**
   * What a source distribution says of its metadata without being built (PEP 643, PEP 621), by the cheapest way: the
   * `.metadata` file, one range request for the archive's beginning (a zip's tail), the whole file. Undefined where it
   * must be built; both answers are kept. Throws `invalid-metadata`, `invalid-archive`, …
   */
  sdistMetadata(artifact: SdistArtifact): Promise<CoreMetadata | undefined>;
  /** The texts of those files in the root of a source distribution that tell of it and its build. It is fetched for that. Read once. */
  sdistFiles(artifact: SdistArtifact): Promise<SdistFiles>;
  /** Removes what is kept of a file's metadata: the file says something else. */
  forgetMetadata(artifact: Pick<IndexedArtifact, "url" | "hashes">): Promise<void>;
  /**
   * Compares what is kept of a source distribution's metadata, which may come from a part of it, with the whole file, which is
   * fetched for that. Throws `metadata-mismatch` where they differ, and what was kept is removed.
   */
  checkSdistMetadata(artifact: SdistArtifact): Promise<void>;
  /** The file itself, verified against every hash that is known of it, kept by its SHA-256. */
  fetch(artifact: IndexedArtifact | Download | PybiArtifact): Promise<LocalArtifact>;
  /** A requirement `name @ URL` or path: what lies there. Unpinned content is fetched to know its hash. */
  direct(url: string, name?: PackageName): Promise<IndexedArtifact>;
  /** The pybis that an index of interpreters or a folder (`--python-index`) lists under a distribution name. */
  pybis(index: string, distribution: PackageName): Promise<readonly PybiArtifact[]>;
  /** The `pybi-info/METADATA` and `PYBI` texts of a pybi, by range requests where it is remote. */
  pybiMetadata(pybi: PybiArtifact): Promise<{ readonly metadata: string; readonly pybi: string }>;
  /** Starts `project` (and then nothing more) without waiting; errors stay with the later real call. */
  prefetch(name: PackageName): void;
  /** Ends background work. */
  close(): Promise<void>;
}
