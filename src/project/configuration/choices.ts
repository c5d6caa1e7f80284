import type {
  Brief,
  BriefRequirement,
  BuildPolicy,
  ConfigSettings,
  PackageChoice,
  PrereleaseMode,
} from "../../model/index.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";

/**
 * The choices that one origin (a file, the environment variables) makes about versions and builds. What it does not
 * mention is missing.
 */
export interface Choices extends BuildChoices {
  readonly prefer?: Brief["prefer"];
  readonly prerelease?: PrereleaseMode;
  readonly prereleasePackages?: ReadonlyMap<PackageName, PrereleaseMode>;
  readonly constraints?: readonly BriefRequirement[];
  readonly overrides?: readonly BriefRequirement[];
  readonly buildConstraints?: readonly BriefRequirement[];
  readonly requireHashes?: boolean;
}

/** The choices about building packages. */
export interface BuildChoices {
  readonly noBuild?: boolean;
  readonly noBuildPackages?: readonly PackageName[];
  readonly noBinary?: boolean;
  readonly noBinaryPackages?: readonly PackageName[];
  readonly noIsolation?: boolean;
  readonly noIsolationPackages?: readonly PackageName[];
  readonly settings?: ConfigSettings;
  readonly packageSettings?: ReadonlyMap<PackageName, ConfigSettings>;
}

/**
 * Joins choices of several origins, the strongest first. The strongest single value counts; lists and tables are
 * joined.
 */
export function joinChoices(origins: readonly Choices[]): Choices {
  const joined: Record<string, unknown> = {};
  for (const choices of [...origins].reverse()) {
    for (const [key, value] of Object.entries(choices) as [string, unknown][]) {
      const before = joined[key];
      if (Array.isArray(value)) joined[key] = [...(value as unknown[]), ...((before as unknown[]) ?? [])];
      else if (value instanceof Map) joined[key] = new Map([...((before as typeof value) ?? []), ...value]);
      else if (typeof value === "object") joined[key] = { ...(before as object), ...value };
      else joined[key] = value;
    }
  }
  return joined as Choices;
}

/** Returns the build policy of some choices, with defaults for what they do not mention. */
export function buildPolicyOf(choices: Choices): BuildPolicy {
  const choice = (all: boolean | undefined, names: readonly PackageName[] | undefined): PackageChoice => ({
    all: all ?? false,
    names: new Set(names),
  });
  return {
    noBuild: choice(choices.noBuild, choices.noBuildPackages),
    noBinary: choice(choices.noBinary, choices.noBinaryPackages),
    noIsolation: choice(choices.noIsolation, choices.noIsolationPackages),
    settings: choices.settings ?? {},
    packageSettings: choices.packageSettings ?? new Map(),
    constraints: choices.buildConstraints ?? [],
  };
}
