import type { Hashes } from "../vocab/hash.ts";
import type { Marker, PackageName } from "../vocab/requirement/index.ts";
import type { TomlTable } from "../toml/index.ts";

/** A lock file (PEP 751, the `pylock.toml` specification) as a value. Texts of versions and specifiers are valid ones. */
export interface Pylock {
  /** `1.0`. Later minor versions are read as far as their keys are known. */
  readonly lockVersion: string;
  /** The lock is for environments in which one of them holds; for any where there are none. */
  readonly environments?: readonly Marker[];
  /** A specifier set. */
  readonly requiresPython?: string;
  /** Extras, groups and default groups that markers speak of: normalised. */
  readonly extras: readonly string[];
  readonly dependencyGroups: readonly string[];
  readonly defaultGroups: readonly string[];
  readonly createdBy: string;
  readonly packages: readonly LockedPackage[];
  /** The tables of tools, by name. */
  readonly tool: TomlTable;
}

/** One of the `[[packages]]`. A name may stand several times, with markers of which one holds. */
export interface LockedPackage {
  readonly name: PackageName;
  /** As written. Missing for source trees. */
  readonly version?: string;
  readonly marker?: Marker;
  /** A specifier set. */
  readonly requiresPython?: string;
  /** Each says as much of another entry as tells it apart: for people and audits, never for installing. */
  readonly dependencies: readonly TomlTable[];
  readonly source: LockedSource;
  /** Who published the files (PEP 740), as the index has it. */
  readonly attestationIdentities: readonly TomlTable[];
  readonly tool: TomlTable;
}

/** Where a package comes from: one kind for each entry. */
export type LockedSource = LockedVcs | LockedDirectory | LockedArchive | LockedFiles;

/** A URL, or a path: absolute or relative to the lock file, with `/` or the writer's own separators. At least one is there. */
interface Place {
  readonly url?: string;
  readonly path?: string;
}

export interface LockedVcs extends Place {
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

/** A wheel, a source distribution or any other archive of sources that somebody named by its place. */
export interface LockedArchive extends Place {
  readonly kind: "archive";
  readonly size?: number;
  /** ISO 8601, UTC. */
  readonly uploadTime?: string;
  readonly hashes: Hashes;
  readonly subdirectory?: string;
}

/** Files of an index. There is a source distribution or a wheel. */
export interface LockedFiles {
  readonly kind: "files";
  readonly index?: string;
  readonly sdist?: LockedFile;
  readonly wheels: readonly LockedFile[];
}

export interface LockedFile extends Place {
  /** Its file name, whether the lock spells it out or the URL or path ends with it. */
  readonly name: string;
  readonly size?: number;
  /** ISO 8601, UTC. */
  readonly uploadTime?: string;
  readonly hashes: Hashes;
}
