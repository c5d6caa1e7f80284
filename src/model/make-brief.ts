import { type PackageName, parseRequirement } from "../vocab/requirement/index.ts";
import type { PlatformName } from "../vocab/tags/index.ts";
import { type BuildPolicy, defaultBuildPolicy } from "./build-policy.ts";
import type { Brief, BriefRequirement, PrereleaseMode, SourceRequirement } from "./brief.ts";

export interface BriefOptions {
  readonly python?: string | undefined;
  readonly pythonOrigin?: string | undefined;
  readonly pythonVersion?: string | undefined;
  /** Texts (PEP 508), or requirements that were read from a file. */
  readonly requirements?: readonly (string | BriefRequirement)[];
  readonly constraints?: readonly (string | BriefRequirement)[];
  readonly overrides?: readonly (string | BriefRequirement)[];
  readonly sources?: readonly SourceRequirement[];
  /** Empty means this machine. */
  readonly platforms?: readonly PlatformName[];
  readonly prerelease?: PrereleaseMode;
  readonly prereleasePackages?: ReadonlyMap<PackageName, PrereleaseMode>;
  readonly prefer?: Brief["prefer"];
  readonly builds?: Partial<BuildPolicy> | undefined;
}

/** Makes a Brief, with defaults for the missing options. Throws `invalid-requirement`. */
export function makeBrief(options: BriefOptions): Brief {
  return {
    python: options.python,
    pythonOrigin: options.pythonOrigin,
    pythonVersion: options.pythonVersion,
    requirements: (options.requirements ?? []).map(readRequirement),
    constraints: (options.constraints ?? []).map(readRequirement),
    overrides: (options.overrides ?? []).map(readRequirement),
    sources: options.sources ?? [],
    platforms: options.platforms ?? [],
    prerelease: {
      mode: options.prerelease ?? "if-necessary",
      packages: options.prereleasePackages ?? new Map(),
    },
    prefer: options.prefer ?? "highest",
    builds: { ...defaultBuildPolicy, ...options.builds },
  };
}

function readRequirement(requirement: string | BriefRequirement): BriefRequirement {
  return typeof requirement === "string"
    ? { requirement: parseRequirement(requirement), origin: "" }
    : requirement;
}
