/**
 * The options of operations, as plain values. Each has the name of the option of the command line in camel case. The
 * command line declares its options in `src/cli/args/options`; a program that embeds Posy writes these objects. What
 * is left out comes from environment variables and configuration files.
 */

/** The options that choose a Python. */
export interface PythonOptions {
  /** A Python request: a version (`3.13`), a specifier (`>=3.10`), an implementation (`pypy`), a name, or a path. */
  readonly python?: string;
  /** Indexes of pybis, as URLs or folders. */
  readonly pythonIndex?: readonly string[];
  /** The mirror of python-build-standalone: a URL, a folder, `default` or `off`. */
  readonly pythonMirror?: string;
}

/** The options that say what to resolve. */
export interface BriefOptions extends PythonOptions, BuildOptions {
  /** Requirements (PEP 508), URLs or folders, in addition to those of the project. */
  readonly with?: readonly string[];
  /** Folders of projects to use as editable. */
  readonly withEditable?: readonly string[];
  /** Paths of requirements files; `-` is standard input. */
  readonly withRequirements?: readonly string[];
  /** Paths of files with constraints. */
  readonly constraint?: readonly string[];
  /** Paths of files with requirements that replace all others of the same package. */
  readonly override?: readonly string[];
  /** Which pre-releases are candidates: `MODE` for all packages, or `NAME=MODE` for one. */
  readonly prerelease?: readonly string[];
  /** Which versions are preferred: `highest`, `lowest` or `lowest-direct`. */
  readonly prefer?: string;
  /** The same as `prefer`, by uv's name. */
  readonly resolution?: string;
  /** Require a hash for every package. */
  readonly requireHashes?: true;
}

/** The options that choose other targets than this machine and an interpreter that exists. */
export interface TargetOptions {
  /** Names of platforms: `linux-x86_64`. */
  readonly platform?: readonly string[];
  /** A version of Python with its minor version, to resolve for without an interpreter: `3.13`. */
  readonly pythonVersion?: string;
}

/** The options that say how source distributions are built. Lists of names may have `:all:` and `:none:`, as in pip. */
export interface BuildOptions {
  /** Build nothing. */
  readonly noBuild?: true;
  /** Packages that are not built. */
  readonly noBuildPackage?: readonly string[];
  /** The same, by pip's name. */
  readonly onlyBinary?: readonly string[];
  /** Packages whose wheels are not used. */
  readonly noBinary?: readonly string[];
  /** Settings for every build backend: `KEY=VALUE`. */
  readonly configSetting?: readonly string[];
  /** Settings for the build of one package: `NAME:KEY=VALUE`. */
  readonly configSettingsPackage?: readonly string[];
  /** Paths of files with constraints for build requirements. */
  readonly buildConstraint?: readonly string[];
  /** Build in the environment itself, without a build environment. */
  readonly noBuildIsolation?: true;
  /** Packages that are built without a build environment. */
  readonly noBuildIsolationPackage?: readonly string[];
}

/** The options that say which indexes are used, and how. */
export interface IndexOptions {
  /** Indexes to search first: `NAME=URL`, a URL, or a folder. */
  readonly index?: readonly string[];
  /** The index that is searched last, instead of the public one. */
  readonly defaultIndex?: string;
  /** The same, by pip's name. */
  readonly indexUrl?: string;
  /** Further indexes, by pip's name. */
  readonly extraIndexUrl?: readonly string[];
  /** Folders, or pages with links, to find files in. */
  readonly findLinks?: readonly string[];
  /** Use no index, only `findLinks`. */
  readonly noIndex?: true;
  /** How several indexes are searched for a package, as in uv. */
  readonly indexStrategy?: string;
  /** Ignore files that were uploaded later: a date, a time (RFC 3339), or a span of time. */
  readonly excludeNewer?: string;
  /** The same for one package: `NAME=DATE`. */
  readonly excludeNewerPackage?: readonly string[];
  /** Use the cache only. */
  readonly offline?: true;
  /** Ask the indexes again, even for what the cache has. */
  readonly refresh?: true;
  /** Ask the indexes again for these packages. */
  readonly refreshPackage?: readonly string[];
  /** The path of a file with trusted certificates (PEM). */
  readonly cert?: string;
  /** Hosts whose certificates are not checked. */
  readonly trustedHost?: readonly string[];
}

/** The text of a script that is not in a file. */
export interface ScriptText {
  /** An absolute path that stands for it. Relative paths in the block start from its folder. */
  readonly path: string;
  readonly text: string;
}

/** The options that choose what is used of a project. */
export interface ProjectOptions {
  /** The name of an environment. The default is `default`. */
  readonly env?: string;
  /** Dependency groups in addition to those of the environment. */
  readonly group?: readonly string[];
  /** Extras in addition to those of the environment. */
  readonly extra?: readonly string[];
  /** Add all groups of the project. */
  readonly allGroups?: true;
  /** Add all extras of the project. */
  readonly allExtras?: true;
  /** Leave out what only the group `dev` needs. */
  readonly noDev?: true;
  /** Leave out what only these groups need. */
  readonly noGroup?: readonly string[];
  /** Use these groups alone: neither the project with its dependencies nor other groups. */
  readonly onlyGroup?: readonly string[];
  /** Leave out the project itself, so that its dependencies can be installed before its sources are there. */
  readonly noInstallProject?: true;
  /** Leave out all packages that are local folders. */
  readonly noInstallLocal?: true;
  /** Leave out these packages. */
  readonly noInstallPackage?: readonly string[];
  /** A script with inline metadata (PEP 723), which is used instead of a project: its path, or its text. */
  readonly script?: string | ScriptText;
  /** Ignore the project that the current folder is in. */
  readonly noProject?: true;
  /** Use the lock without checking that it is up to date. */
  readonly frozen?: true;
  /** Fail if the lock is not up to date, instead of writing it. */
  readonly locked?: true;
}

/** The groups and extras that are used of a lock file. */
export interface LockChoiceOptions {
  readonly group?: readonly string[];
  readonly extra?: readonly string[];
}

/** The options that choose a list of requirements of a project. Without any, it is the dependencies of the project. */
export interface RequirementListOptions {
  /** The name of a dependency group. */
  readonly group?: string | undefined;
  /** The name of an extra. */
  readonly extra?: string | undefined;
  /** The dependency group `dev`. */
  readonly dev?: true | undefined;
}
