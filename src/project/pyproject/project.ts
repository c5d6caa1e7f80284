import type { PrereleaseMode } from "../../model/index.ts";
import type { ExtraName, Marker, PackageName, Requirement } from "../../vocab/requirement/index.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";
import type { DynamicKey } from "../../vocab/metadata/index.ts";
import type { SpecifierSet, Version } from "../../vocab/version/index.ts";
import type { BuildChoices, Choices } from "../configuration/choices.ts";
import type { Conflicts } from "./uv/uv-conflicts.ts";
import type { TomlDocument } from "../../toml/index.ts";
import type { ProjectCommand } from "./commands/project-command.ts";

/** A dependency group's name, normalised (PEP 735). Made by `parseGroupName` only. */
export type GroupName = string & { readonly __brand: "GroupName" };

/** The name of an environment: letters, digits, `-`, `_`, as it is part of the lock's file name. `default` is always there. */
export type EnvName = string & { readonly __brand: "EnvName" };

/** A project as its `pyproject.toml` says it. */
export interface Project {
  /** Absolute. */
  readonly folder: string;
  /** The `pyproject.toml`, absolute. */
  readonly path: string;
  /** Missing where there is no `[project]`. */
  readonly name?: PackageName;
  readonly nameText?: string;
  /** Missing where the build backend says it. */
  readonly version?: Version;
  /** What the build backend fills in, or adds to. */
  readonly dynamic: ReadonlySet<DynamicKey>;
  readonly requiresPython?: Written<SpecifierSet>;
  readonly dependencies: readonly Written<Requirement>[];
  readonly optionalDependencies: ReadonlyMap<ExtraName, readonly Written<Requirement>[]>;
  /** As written: `expandGroup` follows what they include, and finds what is wrong in them (PEP 735 wants that only of groups in use). */
  readonly groups: ReadonlyMap<GroupName, DependencyGroup>;
  /** Names of `project.scripts` and `project.gui-scripts`. */
  readonly scripts: readonly string[];
  /** It is built and installed, not only its dependencies: it has a `[build-system]`, and `tool.posy.package` does not say no. */
  readonly isPackage: boolean;
  readonly settings: ProjectSettings;
  /** `default` comes first, and is there whether or not it is written. */
  readonly envs: ReadonlyMap<EnvName, ProjectEnv>;
  readonly commands: ReadonlyMap<string, ProjectCommand>;
  /** For the lines of what is found wrong later. */
  readonly document: TomlDocument;
  /** What was let pass, one sentence each. */
  readonly warnings: readonly string[];
  /** Folders of a workspace's members of which only the dependencies are in it: those are among its own. Absolute. */
  readonly bareMembers: readonly string[];
  /** Files and folders besides that were read for it: those of uv's workspace. Absolute. */
  readonly besides: readonly string[];
}

/** A value, and the line of `pyproject.toml` that it stands in, counted from 1. */
export interface Written<T> {
  readonly value: T;
  readonly line: number;
}

export interface DependencyGroup {
  /** As written. */
  readonly nameText: string;
  readonly line: number;
  /** What is not yet known to be a list of requirements and includes. */
  readonly content: unknown;
}

/** One of `[tool.posy.envs]`. */
export interface ProjectEnv {
  readonly name: EnvName;
  /** Of its table; undefined for a `default` that nobody wrote. */
  readonly line?: number;
  readonly groups: readonly Written<GroupName>[];
  readonly extras: readonly Written<ExtraName>[];
  /** In the form of `--python`, the default first; never empty. Else the project's. */
  readonly pythons?: readonly Written<string>[];
  /** Else the project's. */
  readonly platforms?: readonly PlatformName[];
  /** The project and its dependencies are in it. */
  readonly project: boolean;
}

/** What `[tool.posy]` says of the whole project. */
export interface ProjectSettings {
  /** Missing: `defaultPlatforms`. */
  readonly platforms?: readonly PlatformName[];
  /** In the form of `--python`, the default first; never empty. */
  readonly pythons?: readonly Written<string>[];
  readonly constraints: readonly Written<Requirement>[];
  /** Each is taken in place of whatever is asked of its package anywhere. */
  readonly overrides: readonly Written<Requirement>[];
  readonly buildConstraints: readonly Written<Requirement>[];
  readonly indexes: readonly ProjectIndex[];
  /** Where single packages come from; several for one package have markers. */
  readonly sources: ReadonlyMap<PackageName, readonly PackageSource[]>;
  readonly prerelease?: PrereleaseMode;
  readonly prereleasePackages: ReadonlyMap<PackageName, PrereleaseMode>;
  /** As `--exclude-newer` has it. */
  readonly excludeNewer?: string;
  /** As `--exclude-newer-package` has it. */
  readonly excludeNewerPackages: ReadonlyMap<PackageName, string | false>;
  /** What can't be in one environment: uv's. */
  readonly conflicts: Conflicts;
  /** Which versions are taken, and how they are built. */
  readonly choices: Pick<Choices, "prefer"> & BuildChoices;
  /** Files of variables for commands, absolute, in the order in which they are read. */
  readonly envFiles: readonly string[];
  /** A `.venv` beside `.posy`. */
  readonly venv: boolean;
}

export interface ProjectIndex {
  readonly name?: string;
  /** An address, or the absolute path of a folder. */
  readonly url: string;
  /** In place of the public one, and asked last. */
  readonly default: boolean;
  /** Asked only for packages whose source names it. */
  readonly explicit: boolean;
  readonly line: number;
  /** One of `[[tool.uv.index]]`: uv's configuration may have it already, with its place among others. */
  readonly ofUv?: true;
}

/** One of `[tool.posy.sources]`, or of uv's. */
export interface PackageSource {
  readonly from:
    | { readonly kind: "index"; readonly name: string }
    /** What `parseSourceReference` reads, or the address of a wheel or a source distribution. */
    | { readonly kind: "url"; readonly url: string };
  /** Only where it holds. */
  readonly marker?: Marker;
  /** Only in environments that have the extra, or the group: uv's. */
  readonly extra?: ExtraName;
  readonly group?: GroupName;
  readonly line: number;
}

/** What is locked for where nobody says. */
export const defaultPlatforms = [
  "linux-x86_64",
  "linux-aarch64",
  "macos-arm64",
  "macos-x86_64",
  "windows-x86_64",
] as const satisfies readonly PlatformName[];
