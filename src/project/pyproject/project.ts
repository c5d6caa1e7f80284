import type { PrereleaseMode } from "../../model/index.ts";
import type { ExtraName, Marker, PackageName, Requirement } from "../../vocab/requirement/index.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";
import type { DynamicKey } from "../../vocab/metadata/index.ts";
import type { SpecifierSet, Version } from "../../vocab/version/index.ts";
import type { BuildChoices, Choices } from "../configuration/choices.ts";
import type { Conflicts } from "./uv/uv-conflicts.ts";
import type { TomlDocument } from "../../toml/index.ts";
import type { ProjectCommand } from "./commands/project-command.ts";

/** The name of a dependency group, normalised (PEP 735). Only `parseGroupName` makes it. */
export type GroupName = string & { readonly __brand: "GroupName" };

/**
 * The name of an environment: letters, digits, `-`, `_`, as it is a part of the lock's file name. `default` always
 * exists.
 */
export type EnvName = string & { readonly __brand: "EnvName" };

/** The contents of a `pyproject.toml`. */
export interface Project {
  /** The absolute folder of the project. */
  readonly folder: string;
  /** The absolute path of `pyproject.toml`, or of the script. */
  readonly path: string;
  /** True for a script with inline metadata (PEP 723). It is a project without a name. */
  readonly isScript?: true;
  /** The name, normalised and as written. Missing if there is no `[project]`. */
  readonly name?: PackageName;
  readonly nameText?: string;
  /** Missing if the build backend provides it. */
  readonly version?: Version;
  /**
   * The keys of `[project]` that the build backend provides or extends: those of `dynamic`, and those with context
   * fields of hatchling.
   */
  readonly dynamic: ReadonlySet<DynamicKey>;
  /** True if the project may have extras that only its build backend knows. */
  readonly hasDynamicExtras: boolean;
  readonly requiresPython?: Written<SpecifierSet>;
  readonly dependencies: readonly Written<Requirement>[];
  readonly optionalDependencies: ReadonlyMap<ExtraName, readonly Written<Requirement>[]>;
  /** The groups as written. `expandGroup` expands and checks them: PEP 735 asks to check only groups that are used. */
  readonly groups: ReadonlyMap<GroupName, DependencyGroup>;
  /** Names of `project.scripts` and `project.gui-scripts`. */
  readonly scripts: readonly string[];
  /**
   * True if the project itself is installed: it has a `[build-system]`, unless `tool.posy.package` decides otherwise.
   */
  readonly isPackage: boolean;
  readonly settings: ProjectSettings;
  /** The environments. `default` comes first, and exists even if it is not written. */
  readonly envs: ReadonlyMap<EnvName, ProjectEnv>;
  readonly commands: ReadonlyMap<string, ProjectCommand>;
  /** The TOML document, which gives the lines for errors. */
  readonly document: TomlDocument;
  /** A sentence for each key that is ignored. */
  readonly warnings: readonly string[];
  /**
   * Absolute folders of workspace members that are not packages. Only their dependencies count, as dependencies of
   * this project.
   */
  readonly bareMembers: readonly string[];
  /** Absolute paths of other files and folders that were read: those of a uv workspace. */
  readonly otherFiles: readonly string[];
}

/** A value with its line in `pyproject.toml`, from 1. */
export interface Written<T> {
  readonly value: T;
  readonly line: number;
}

/** A group of `[dependency-groups]` that was not checked yet. */
export interface DependencyGroup {
  /** The name as written. */
  readonly nameText: string;
  readonly line: number;
  /** The value, which should be a list of requirements and includes. */
  readonly content: unknown;
}

/** An environment of `[tool.posy.envs]`. */
export interface ProjectEnv {
  readonly name: EnvName;
  /** The line of its table; undefined for a `default` that is not written. */
  readonly line?: number;
  readonly groups: readonly Written<GroupName>[];
  readonly extras: readonly Written<ExtraName>[];
  /** Python requests in the form of `--python`, the default first; never empty. If missing, the project's count. */
  readonly pythons?: readonly Written<string>[];
  /** The platforms. If missing, the project's count. */
  readonly platforms?: readonly PlatformName[];
  /** True if the project and its dependencies are in the environment. */
  readonly project: boolean;
}

/** The settings of `[tool.posy]` for the whole project. */
export interface ProjectSettings {
  /** The platforms to lock for. The default is `defaultPlatforms`. */
  readonly platforms?: readonly PlatformName[];
  /** Python requests in the form of `--python`, the default first; never empty. */
  readonly pythons?: readonly Written<string>[];
  readonly constraints: readonly Written<Requirement>[];
  /** Requirements that replace all others of the same package. */
  readonly overrides: readonly Written<Requirement>[];
  readonly buildConstraints: readonly Written<Requirement>[];
  readonly indexes: readonly ProjectIndex[];
  /** The sources of packages. If a package has several, they have markers. */
  readonly sources: ReadonlyMap<PackageName, readonly PackageSource[]>;
  readonly prerelease?: PrereleaseMode;
  readonly prereleasePackages: ReadonlyMap<PackageName, PrereleaseMode>;
  /** In the form of `--exclude-newer`. */
  readonly excludeNewer?: string;
  /** In the form of `--exclude-newer-package`; `false` for no limit. */
  readonly excludeNewerPackages: ReadonlyMap<PackageName, string | false>;
  /** Extras and groups that must not be in the same environment (`[tool.uv] conflicts`). */
  readonly conflicts: Conflicts;
  /** The choices about versions and builds. */
  readonly choices: Pick<Choices, "prefer"> & BuildChoices;
  /** Files with variables for commands, in the order in which they are read. */
  readonly envFiles: readonly EnvFile[];
  /** Whether the project has a `.venv` that leads to the default environment. Undefined means: unless one exists. */
  readonly venv?: boolean;
  /** The address of a remote store: `oci://host/name`, or the simple pages of an index. */
  readonly remoteStore?: string;
}

/** An index of `[[tool.posy.indexes]]` or `[[tool.uv.index]]`. */
export interface ProjectIndex {
  readonly name?: string;
  /** A URL, or the absolute path of a folder. */
  readonly url: string;
  /** True if it replaces the public index, which is asked last. */
  readonly default: boolean;
  /** True if it is asked only for packages whose source names it. */
  readonly explicit: boolean;
  readonly line: number;
  /** True for `[[tool.uv.index]]`: the configuration of uv may list the index, too, and gives its order. */
  readonly ofUv?: true;
  /** The URL to which files are uploaded, as written. */
  readonly publishUrl?: string;
}

/** A source of `[tool.posy.sources]` or `[tool.uv.sources]`. */
export interface PackageSource {
  readonly from:
    | { readonly kind: "index"; readonly name: string }
    /** A URL that `parseSourceReference` reads, or that of a wheel or a source distribution. */
    | { readonly kind: "url"; readonly url: string };
  /** The source applies only where the marker holds. */
  readonly marker?: Marker;
  /** The source applies only in environments with the extra or the group. Only uv's table has these. */
  readonly extra?: ExtraName;
  readonly group?: GroupName;
  readonly line: number;
}

/** The platforms that a project is locked for by default. */
export const defaultPlatforms = [
  "linux-x86_64",
  "linux-aarch64",
  "macos-arm64",
  "macos-x86_64",
  "windows-x86_64",
] as const satisfies readonly PlatformName[];

/** A file with variables for commands. */
export interface EnvFile {
  /** The absolute path. */
  readonly path: string;
  /** True if the file may be missing. */
  readonly optional: boolean;
  /** The setting that names the file, for errors: `tool.posy.env-file` in `pyproject.toml:4`. Missing for an option. */
  readonly origin?: string;
}
