import type { BriefPython, BriefRequirement, PrereleaseMode, SourceRequirement } from "../../model/index.ts";
import type { ExtraName, Marker, PackageName } from "../../vocab/requirement/index.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";
import type { EnvName, GroupName, ProjectIndex, ProjectSettings } from "./project.ts";

/** Requests that come in addition to what `pyproject.toml` says about an environment. */
export interface BriefPartsOptions {
  /** The Python of `--python`. It replaces all Pythons that are written. */
  readonly python?: AskedPython;
  /** The Python of a `.python-version`. It comes before those of the project; those of the environment replace it. */
  readonly pinned?: AskedPython | undefined;
  /** Groups and extras in addition to those of the environment: `--group`, `--extra`. */
  readonly groups?: readonly GroupName[];
  readonly extras?: readonly ExtraName[];
  /** Groups of the environment that are left out. */
  readonly withoutGroups?: readonly GroupName[];
  /** Use `groups` alone, without the project and the groups of the environment. */
  readonly onlyGroups?: boolean;
}

/** A Python request, and the file or variable that it comes from. */
export interface AskedPython {
  readonly request: string;
  readonly origin?: string;
}

/** One environment of a project, as the parts of a Brief. */
export interface BriefParts {
  readonly env: EnvName;
  /**
   * A Python request in the form of `--python`. If it is a version, `requires-python` is joined to it. A path or a
   * name is not: the interpreter that is found there must be compared with `requiresPython`.
   */
  readonly python?: string;
  /** The line of the request: `pyproject.toml:3`. */
  readonly pythonOrigin?: string;
  /** More Pythons to lock for, each once: those after the first, then those of the project's commands. */
  readonly morePythons: readonly BriefPython[];
  /** `requires-python` as written; missing if there is none, or if the project is not in the environment. */
  readonly requiresPython?: string;
  /**
   * The direct requirements, with origins such as `pyproject.toml:12`. If the project is a package, it comes first, as
   * `name @ file:///…#editable=true` with its extras, and its dependencies follow.
   */
  readonly requirements: readonly BriefRequirement[];
  /** The project itself, if only its build backend knows its name. */
  readonly sources: readonly SourceRequirement[];
  readonly constraints: readonly BriefRequirement[];
  readonly overrides: readonly BriefRequirement[];
  readonly buildConstraints: readonly BriefRequirement[];
  /** Never empty. */
  readonly platforms: readonly PlatformName[];
  readonly indexes: readonly ProjectIndex[];
  /** Packages that come from certain indexes only. An index with a marker applies only where the marker holds. */
  readonly packageIndexes: ReadonlyMap<PackageName, readonly PackageIndex[]>;
  readonly prerelease?: PrereleaseMode;
  readonly prereleasePackages: ReadonlyMap<PackageName, PrereleaseMode>;
  readonly excludeNewer?: string;
  readonly excludeNewerPackages: ReadonlyMap<PackageName, string | false>;
  readonly choices: ProjectSettings["choices"];
}

export interface PackageIndex {
  readonly index: ProjectIndex;
  readonly marker?: Marker;
}
