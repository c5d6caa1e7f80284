import type { Hashes, Sha256 } from "../vocab/hash.ts";
import type { MarkerEnvironment, PackageName } from "../vocab/requirement/index.ts";
import type { CoreMetadata } from "../vocab/metadata/index.ts";
import type { PybiFilename } from "../vocab/filenames/index.ts";
import type { Version } from "../vocab/version/index.ts";
import type { Artifact, IndexedArtifact, SdistArtifact, WheelArtifact } from "../model/index.ts";
import type { SdistFiles } from "./metadata/sdist-files.ts";

/** One version of a project and its files. Both are parsed on first use, because most never are used. */
export interface Release {
  readonly version: Version;
  readonly artifacts: readonly Artifact[];
}

/** Everything that the indexes list about one project. */
export interface Project {
  readonly name: PackageName;
  /** False if no index and no folder has the name. */
  readonly found: boolean;
  /** Newest first. Equal versions (1.0, 1.0.0) are one release. */
  readonly releases: readonly Release[];
  /** The searched indexes and folders, safe to print, for explanations. */
  readonly lookedIn: readonly string[];
  /** The number of ignored files per reason, for explanations ("12 files were uploaded after …"). */
  readonly setAside: readonly { readonly reason: string; readonly count: number }[];
}

/** A file on this disk whose bytes were verified. */
export interface LocalArtifact {
  readonly path: string;
  readonly sha256: Sha256;
  readonly size: number;
}

/** A pybi (PEP 711) that a folder or an index of interpreters lists. */
export interface PybiArtifact {
  readonly filename: string;
  readonly pybi: PybiFilename;
  readonly url: string;
  readonly hashes: Hashes;
  readonly size?: number;
  readonly index?: string;
}

/**
 * A download that is described only by its URL and hashes: an archive of the interpreter catalogue or of a
 * forge.
 */
export interface Download {
  readonly url: string;
  readonly filename: string;
  readonly hashes: Hashes;
  readonly size?: number;
  /** The content behind the URL may change: without a hash, it is downloaded again. */
  readonly fresh?: boolean;
}

/** What `PackageDB.discard` needs to know about a file. */
export type Fetched = Pick<Download, "url" | "hashes">;

/**
 * Answers every question about package indexes. Calls may be made at any time and in any number: the database
 * limits, shares and remembers the requests. Every failure is a `PosyError`.
 */
export interface PackageDB {
  /** Returns a project as the indexes list it; with `index` (from `indexOf`), as that index lists it. */
  project(name: PackageName, index?: string): Promise<Project>;
  /**
   * Returns the only index that a package may come from in an environment, or undefined if all are searched.
   */
  indexOf(name: PackageName, environment: MarkerEnvironment): string | undefined;
  /**
   * Returns a wheel's core metadata, by the cheapest way that works: the `.metadata` file, a range request
   * for the end of the zip, the whole file. Throws `invalid-metadata`, `invalid-wheel`, …; the caller then
   * rejects this version.
   */
  metadata(artifact: WheelArtifact): Promise<CoreMetadata>;
  /**
   * Returns the metadata that a source distribution declares without being built (PEP 643, PEP 621), by the
   * cheapest way that works: the `.metadata` file, one range request for the start of the archive (for a zip,
   * its end), the whole file. Returns undefined if it must be built. Both answers are cached. Throws
   * `invalid-metadata`, `invalid-archive`, …
   */
  sdistMetadata(artifact: SdistArtifact): Promise<CoreMetadata | undefined>;
  /**
   * Returns the texts of the files in the root of a source distribution that describe its metadata and its
   * build. Fetches the archive. Reads it once.
   */
  sdistFiles(artifact: SdistArtifact): Promise<SdistFiles>;
  /** Removes a file's cached metadata, after the file turned out to contain different metadata. */
  forgetMetadata(artifact: Pick<IndexedArtifact, "url" | "hashes">): Promise<void>;
  /**
   * Fetches a source distribution and compares its metadata with the cached metadata, which may come from a
   * part of the file. Throws `metadata-mismatch` if they differ, and removes the cached metadata.
   */
  checkSdistMetadata(artifact: SdistArtifact): Promise<void>;
  /** Returns the file itself, verified against every known hash and cached by its SHA-256. */
  fetch(artifact: IndexedArtifact | Download | PybiArtifact): Promise<LocalArtifact>;
  /**
   * Removes a fetched file from the cache, because its content is in the store now. Does nothing if archives are kept,
   * if no index and no URL claims the file's SHA-256 (then the next resolve computes it from the file), and for a file
   * that this database did not fetch.
   */
  discard(artifact: Fetched): Promise<void>;
  /**
   * Returns the artifact of a requirement `name @ URL` or of a path. Without a hash, the content is fetched
   * to compute one.
   */
  direct(url: string, name?: PackageName): Promise<IndexedArtifact>;
  /**
   * Returns the pybis that a folder or an index of interpreters (`--python-index`) lists under a distribution
   * name.
   */
  pybis(index: string, distribution: PackageName): Promise<readonly PybiArtifact[]>;
  /**
   * Returns the texts of `pybi-info/METADATA` and `pybi-info/PYBI`. A remote pybi is read by range requests.
   */
  pybiMetadata(pybi: PybiArtifact): Promise<{ readonly metadata: string; readonly pybi: string }>;
  /** Starts `project` without waiting. If it fails, the later real call gets the error. */
  prefetch(name: PackageName): void;
  /** Waits until background writes are done. */
  close(): Promise<void>;
}
