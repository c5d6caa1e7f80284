import type { Hashes } from "../vocab/hash.ts";
import type { Marker, PackageName } from "../vocab/requirement/index.ts";
import type { TomlTable } from "../toml/index.ts";

/** A lock file (PEP 751, the `pylock.toml` specification) as a value. Versions and specifiers are valid. */
export interface Pylock {
  /** `1.0`. Of later minor versions, only the known keys are read. */
  readonly lockVersion: string;
  /** The lock is for environments in which one of these markers holds; for all if there are none. */
  readonly environments?: readonly Marker[];
  /** A specifier set. */
  readonly requiresPython?: string;
  /** The extras that markers may test. Normalised, as the groups are. */
  readonly extras: readonly string[];
  /** The dependency groups that markers may test, without the default groups. */
  readonly dependencyGroups: readonly string[];
  /** The groups that are installed unless others are chosen. */
  readonly defaultGroups: readonly string[];
  readonly createdBy: string;
  readonly packages: readonly LockedPackage[];
  /** The tables of tools, by name. */
  readonly tool: TomlTable;
}

/** An entry of `[[packages]]`. Several entries may have the same name if at most one of their markers holds. */
export interface LockedPackage {
  readonly name: PackageName;
  /** As written. Missing for source trees. */
  readonly version?: string;
  readonly marker?: Marker;
  /** A specifier set. */
  readonly requiresPython?: string;
  /** The keys that identify each entry it depends on. For people and audits; installing ignores it. */
  readonly dependencies: readonly TomlTable[];
  readonly source: LockedSource;
  /** The publishers of the files, from the index (PEP 740). */
  readonly attestationIdentities: readonly TomlTable[];
  readonly tool: TomlTable;
}

/** Where a package comes from. */
export type LockedSource = LockedVcs | LockedDirectory | LockedArchive | LockedFiles;

/**
 * A URL, a path, or both. A path is absolute or relative to the lock file, and has `/` or the separators of the machine
 * that wrote it.
 */
interface Location {
  readonly url?: string;
  readonly path?: string;
}

export interface LockedVcs extends Location {
  readonly kind: "vcs";
  /** `git`, `hg`, `bzr`, `svn`. */
  readonly type: string;
  readonly requestedRevision?: string;
  readonly commitId: string;
  readonly subdirectory?: string;
}

export interface LockedDirectory {
  readonly kind: "directory";
  readonly path: string;
  readonly editable: boolean;
  readonly subdirectory?: string;
}

/** A wheel, a source distribution or another archive that is required by its URL or path. */
export interface LockedArchive extends Location {
  readonly kind: "archive";
  readonly size?: number;
  /** ISO 8601, UTC. */
  readonly uploadTime?: string;
  readonly hashes: Hashes;
  readonly subdirectory?: string;
}

/** Files of an index: at least a source distribution or one wheel. */
export interface LockedFiles {
  readonly kind: "files";
  readonly index?: string;
  readonly sdist?: LockedFile;
  readonly wheels: readonly LockedFile[];
}

export interface LockedFile extends Location {
  /** Its file name: the `name` of the lock, else the last part of the URL or path. */
  readonly name: string;
  readonly size?: number;
  /** ISO 8601, UTC. */
  readonly uploadTime?: string;
  readonly hashes: Hashes;
}
