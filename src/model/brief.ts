import type { ExtraName, Marker, PackageName, Requirement } from "../vocab/requirement/index.ts";
import type { BuildPolicy } from "./build-policy.ts";
import type { PlatformName } from "../vocab/tags/index.ts";

/**
 * When pre-releases are candidates; a package's own mode counts before that of all. `if-necessary`: where no final release fits.
 * `explicit`: the same, of packages alone of which the Brief itself names a pre-release.
 */
export type PrereleaseMode = (typeof prereleaseModes)[number];

export const prereleaseModes = ["allow", "disallow", "if-necessary", "explicit"] as const;

/** What a person asks for. */
export interface Brief {
  /** The Python requirement as written (`>=3.10,<3.14`, `3.12`, `pypy3.9`, `3.13t`, a path, a `.pybi`). */
  readonly python?: string | undefined;
  /** Who says so, where it is not the command line: a variable's name, a `.python-version`'s path. */
  readonly pythonOrigin?: string | undefined;
  /** More Pythons, each for all of the platforms: whoever does not say which gets the first, above. */
  readonly morePythons?: readonly BriefPython[];
  /** A specifier set that holds for a Python too that is named by its place, of which the request says no version. */
  readonly requiresPython?: string | undefined;
  /** Resolve for exactly this version whether or not such an interpreter can be had (`--python-version`). */
  readonly pythonVersion?: string | undefined;
  /** Each with where it was written, for explanations: `--with numpy`, `requirements.txt:3`. */
  readonly requirements: readonly BriefRequirement[];
  readonly constraints: readonly BriefRequirement[];
  /** Each is taken in place of whatever is asked of its package, by whomever; where its marker does not hold, nothing is. */
  readonly overrides: readonly BriefRequirement[];
  /** What is asked for by place alone: its name is known when its metadata is. */
  readonly sources?: readonly SourceRequirement[];
  /** Empty: this machine. */
  readonly platforms: readonly PlatformName[];
  readonly prerelease: {
    readonly mode: PrereleaseMode;
    readonly packages: ReadonlyMap<PackageName, PrereleaseMode>;
  };
  readonly prefer: "highest" | "lowest" | "lowest-direct";
  readonly builds: BuildPolicy;
  /** Where a project says that packages come from, and up to when, each as a text: resolving knows it by its indexes, a lock is made for it. */
  readonly places?: readonly string[];
}

/** One of several Pythons, as a Brief has its first. */
export interface BriefPython {
  readonly python: string;
  readonly pythonOrigin?: string;
  /** On platforms for which there is none it is left out, with a warning. */
  readonly optional?: true;
}

export interface BriefRequirement {
  readonly requirement: Requirement;
  /** `--with`, `requirements.txt:3`, …: empty where nothing useful is known. */
  readonly origin: string;
  /** `--hash` options of a requirements file: only files with one of these are candidates. Algorithm → digests. */
  readonly hashes?: Readonly<Record<string, readonly string[]>>;
}

/** A folder, a repository or an archive of sources that somebody named without saying what is in it. */
export interface SourceRequirement {
  /** `file:///…`, `git+https://…@main` or an archive's URL, with its fragment: what `parseSourceReference` reads. May hold credentials. */
  readonly url: string;
  /** Sorted, each once. */
  readonly extras: readonly ExtraName[];
  /** Only of folders: what is changed there later holds at once (PEP 660). */
  readonly editable: boolean;
  readonly marker?: Marker;
  /** As a `BriefRequirement` has it. */
  readonly origin: string;
}
