import type { ExtraName, Marker, PackageName, Requirement } from "../vocab/requirement/index.ts";
import type { BuildPolicy } from "./build-policy.ts";
import type { PlatformName } from "../vocab/tags/index.ts";

/**
 * When pre-releases are candidates. The mode of a package takes precedence over the mode for all packages.
 * `if-necessary`: if no final release fits. `explicit`: the same, but only for packages for which the Brief itself
 * names a pre-release.
 */
export type PrereleaseMode = (typeof prereleaseModes)[number];

export const prereleaseModes = ["allow", "disallow", "if-necessary", "explicit"] as const;

/** What a person asks for. */
export interface Brief {
  /** The Python requirement as written (`>=3.10,<3.14`, `3.12`, `pypy3.9`, `3.13t`, a path, a `.pybi`). */
  readonly python?: string | undefined;
  /** Where `python` was set, unless on the command line: the name of a variable, the path of a `.python-version`. */
  readonly pythonOrigin?: string | undefined;
  /** More Pythons, each for all platforms. A command that does not choose one uses `python`. */
  readonly morePythons?: readonly BriefPython[];
  /** A specifier set that the Python must satisfy, even one requested by its path, where the request has no version. */
  readonly requiresPython?: string | undefined;
  /** Resolve for exactly this version, whether or not such an interpreter is available (`--python-version`). */
  readonly pythonVersion?: string | undefined;
  /** Each with its origin for explanations: `--with numpy`, `requirements.txt:3`. */
  readonly requirements: readonly BriefRequirement[];
  readonly constraints: readonly BriefRequirement[];
  /** Each replaces all requirements on its package. If its marker does not hold, the package is not required at all. */
  readonly overrides: readonly BriefRequirement[];
  /** Sources without a name: the name comes from their metadata. */
  readonly sources?: readonly SourceRequirement[];
  /** Empty means this machine. */
  readonly platforms: readonly PlatformName[];
  readonly prerelease: {
    readonly mode: PrereleaseMode;
    readonly packages: ReadonlyMap<PackageName, PrereleaseMode>;
  };
  readonly prefer: "highest" | "lowest" | "lowest-direct";
  readonly builds: BuildPolicy;
  /**
   * The index settings of a project and its cut-off date, as texts that identify them. A lock records what it was made
   * with; resolving itself uses the opened indexes.
   */
  readonly indexIdentity?: readonly string[];
}

/** One of several Pythons. The fields mean the same as in `Brief`. */
export interface BriefPython {
  readonly python: string;
  readonly pythonOrigin?: string;
  /** On a platform without such a Python, it is skipped with a warning. */
  readonly optional?: true;
}

export interface BriefRequirement {
  readonly requirement: Requirement;
  /** Where it was written: `--with`, `requirements.txt:3`, …. Empty if nothing useful is known. */
  readonly origin: string;
  /** The `--hash` options of a requirements file: algorithm → digests. Only files with one of them are candidates. */
  readonly hashes?: Readonly<Record<string, readonly string[]>>;
}

/** A folder, a repository or an archive of sources that is requested without a package name. */
export interface SourceRequirement {
  /**
   * `file:///…`, `git+https://…@main` or the URL of an archive, with its fragment. `parseSourceReference` reads it.
   * May contain credentials.
   */
  readonly url: string;
  /** Sorted, each once. */
  readonly extras: readonly ExtraName[];
  /** Only for folders: later changes in the folder take effect without a new install (PEP 660). */
  readonly editable: boolean;
  readonly marker?: Marker;
  /** See `BriefRequirement`. */
  readonly origin: string;
}
