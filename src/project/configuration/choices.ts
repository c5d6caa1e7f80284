import type {
  Brief,
  BriefRequirement,
  BuildPolicy,
  ConfigSettings,
  PackageChoice,
  PrereleaseMode,
} from "../../model/index.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";

/** What one place (a file, the environment) says of which versions are taken and how they are built: only what it says. */
export interface Choices extends BuildChoices {
  readonly prefer?: Brief["prefer"];
  readonly prerelease?: PrereleaseMode;
  readonly prereleasePackages?: ReadonlyMap<PackageName, PrereleaseMode>;
  readonly constraints?: readonly BriefRequirement[];
  readonly overrides?: readonly BriefRequirement[];
  readonly buildConstraints?: readonly BriefRequirement[];
  readonly requireHashes?: boolean;
}

/** How packages are built. */
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

/** Places joined, the strongest first: of one value the strongest counts, of lists and tables all. */
export function joinChoices(places: readonly Choices[]): Choices {
  const joined: Record<string, unknown> = {};
  for (const place of [...places].reverse()) {
    for (const [key, value] of Object.entries(place) as [string, unknown][]) {
      const before = joined[key];
      if (Array.isArray(value)) joined[key] = [...(value as unknown[]), ...((before as unknown[]) ?? [])];
      else if (value instanceof Map) joined[key] = new Map([...((before as typeof value) ?? []), ...value]);
      else if (typeof value === "object") joined[key] = { ...(before as object), ...value };
      else joined[key] = value;
    }
  }
  return joined as Choices;
}

/** What the places say of building. */
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
