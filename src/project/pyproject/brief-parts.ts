import type { BriefPython, BriefRequirement, PrereleaseMode, SourceRequirement } from "../../model/index.ts";
import type { ExtraName, Marker, PackageName } from "../../vocab/requirement/index.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";
import type { EnvName, GroupName, ProjectIndex, ProjectSettings } from "./project.ts";

/** What is asked for beside what the project's file says of an environment. */
export interface BriefPartsOptions {
  /** Instead of all that is written: `--python`. */
  readonly python?: AskedPython;
  /** In front of the project's own, below the environment's: a `.python-version`. */
  readonly pinned?: AskedPython | undefined;
  /** Besides the environment's own: `--group`, `--extra`. */
  readonly groups?: readonly GroupName[];
  readonly extras?: readonly ExtraName[];
}

export interface AskedPython {
  readonly request: string;
  readonly origin?: string;
}

/** One environment of a project, in the words of a Brief. */
export interface BriefParts {
  readonly env: EnvName;
  /**
   * In the form of `--python`: what the environment asks for, and `requires-python` besides wherever both are versions.
   * A path or a name stands alone: hold what is found there against `requiresPython`.
   */
  readonly python?: string;
  /** `pyproject.toml:3`. */
  readonly pythonOrigin?: string;
  /** More Pythons to lock for: what is written after the first, and those of the project's commands. Each once. */
  readonly morePythons: readonly BriefPython[];
  /** As written; missing where nothing is said, or the project is not in the environment. */
  readonly requiresPython?: string;
  /**
   * What is asked for directly, with origins such as `pyproject.toml:12`. A package itself comes first, as
   * `name @ file:///…#editable=true` with its extras, and its own dependencies follow.
   */
  readonly requirements: readonly BriefRequirement[];
  /** The package itself where only its build backend knows its name. */
  readonly sources: readonly SourceRequirement[];
  readonly constraints: readonly BriefRequirement[];
  readonly overrides: readonly BriefRequirement[];
  readonly buildConstraints: readonly BriefRequirement[];
  /** Never empty. */
  readonly platforms: readonly PlatformName[];
  readonly indexes: readonly ProjectIndex[];
  /** Packages that come from one index, whatever others have: with a marker only where it holds. */
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
