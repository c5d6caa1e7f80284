import {
  allowsBuild,
  allowsWheel,
  type Brief,
  type BriefRequirement,
  type PrereleaseMode,
} from "../../model/index.ts";
import { evaluateMarker, type MarkerEnvironment, type PackageName } from "../../vocab/requirement/index.ts";
import {
  namesPrerelease,
  parseVersion,
  satisfies,
  type Specifier,
  type Version,
} from "../../vocab/version/index.ts";

/** Versions to keep wherever they still fit, by package. They come from an earlier Blueprint or another target. */
export type Preferences = ReadonlyMap<PackageName, Version>;

/** What the Brief says about the versions that may be chosen, in the environment of one target. */
export class CandidatePolicy {
  readonly requirements: readonly BriefRequirement[];
  readonly hashed: boolean;
  private readonly direct: ReadonlySet<PackageName>;
  readonly preferences: Preferences;
  private readonly brief: Brief;
  private readonly constraints = new Map<PackageName, BriefRequirement[]>();
  private readonly overrides = new Map<PackageName, BriefRequirement[]>();
  private readonly written = new Map<PackageName, BriefRequirement[]>();

  constructor(brief: Brief, environment: MarkerEnvironment, preferences: Preferences) {
    this.brief = brief;
    this.preferences = preferences;
    const holds = ({ requirement: { marker } }: BriefRequirement) =>
      marker === undefined || evaluateMarker(marker, environment, new Set());
    for (const each of brief.overrides) {
      if (holds(each)) append(this.overrides, each);
      else if (!this.overrides.has(each.requirement.name)) this.overrides.set(each.requirement.name, []);
    }
    this.requirements = brief.requirements.filter(holds).flatMap((each) => this.overridden(each));
    this.direct = new Set(this.requirements.map(({ requirement }) => requirement.name));
    const constraints = brief.constraints.filter(holds);
    for (const each of constraints) append(this.constraints, each);
    const overrides = [...this.overrides.values()].flat();
    for (const each of [...this.requirements, ...constraints, ...overrides]) append(this.written, each);
    this.hashed = [...this.requirements, ...constraints].some(({ hashes }) => hashes !== undefined);
  }

  allowsWheel(name: PackageName): boolean {
    return allowsWheel(this.brief.builds, name);
  }

  allowsBuild(name: PackageName): boolean {
    return allowsBuild(this.brief.builds, name);
  }

  /** Returns the requirement, or the Brief's overrides for it. The requested extras stay. */
  overridden(requested: BriefRequirement): readonly BriefRequirement[] {
    const { extras, name } = requested.requirement;
    const overrides = this.overrides.get(name);
    if (overrides === undefined || overrides.includes(requested)) return [requested];
    return overrides.map((each) => ({
      ...each,
      requirement: {
        ...each.requirement,
        extras: [...new Set([...extras, ...each.requirement.extras])].sort(),
      },
    }));
  }

  isOverridden(name: PackageName): boolean {
    return this.overrides.has(name);
  }

  isDirect(name: PackageName): boolean {
    return this.direct.has(name);
  }

  prefersLowest(name: PackageName): boolean {
    return this.brief.prefer === "lowest" || (this.brief.prefer === "lowest-direct" && this.isDirect(name));
  }

  /** Returns the constraint that excludes the version, if there is one. */
  constraintAgainst(name: PackageName, version: Version): BriefRequirement | undefined {
    return this.constraints.get(name)?.find(({ requirement }) => !satisfies(requirement.specifier, version));
  }

  /** Returns the URLs that the Brief gives for the package, in constraints and overrides, too. */
  urls(name: PackageName): readonly string[] {
    const urls = (this.written.get(name) ?? []).flatMap(({ requirement }) => requirement.url ?? []);
    return [...new Set(urls)];
  }

  /**
   * Whether pre-releases of a package are candidates, and in which order. `last`: after all final releases, which the
   * version specifiers specification ("Handling of pre-releases") wants by default. `mixed`: in the order of
   * versions.
   */
  prereleases(name: PackageName): "never" | "last" | "mixed" {
    switch (prereleaseModeOf(this.brief, name)) {
      case "allow":
        return "mixed";
      case "disallow":
        return "never";
      case "explicit":
        return this.namesPrerelease(name) ? "last" : "never";
      default:
        return "last";
    }
  }

  hasOwnPrereleaseMode(name: PackageName): boolean {
    return this.brief.prerelease.packages.has(name);
  }

  private namesPrerelease(name: PackageName): boolean {
    return (this.written.get(name) ?? []).some(({ requirement }) => namesPrerelease(requirement.specifier));
  }

  isKept(name: PackageName, version: Version): boolean {
    return this.preferences.get(name)?.key === version.key;
  }

  /** Whether the Brief pins exactly this version. PEP 592 allows a yanked version only then. */
  pins(name: PackageName, version: Version): boolean {
    return (this.written.get(name) ?? []).some(({ requirement: { specifier } }) => {
      return specifier.specifiers.some(isPin) && satisfies(specifier, version);
    });
  }

  /** Returns the digests that the Brief gives for a package, by algorithm. Undefined if it gives none. */
  hashes(name: PackageName): ReadonlyMap<string, ReadonlySet<string>> | undefined {
    const all = new Map<string, Set<string>>();
    for (const { hashes } of this.written.get(name) ?? []) {
      for (const [algorithm, digests] of Object.entries(hashes ?? {})) {
        all.set(algorithm, new Set([...(all.get(algorithm) ?? []), ...digests]));
      }
    }
    return all.size === 0 ? undefined : all;
  }
}

export function prereleaseModeOf(
  { prerelease }: Pick<Brief, "prerelease">,
  name: PackageName,
): PrereleaseMode {
  return prerelease.packages.get(name) ?? prerelease.mode;
}

/** `==1.0` and `===1.0`, not `==1.*`. */
export function isPin({ operator, wildcard }: Specifier): boolean {
  return operator === "===" || (operator === "==" && !wildcard);
}

export function preferencesOf(
  pins: readonly { readonly name: string; readonly version: string }[],
): Preferences {
  return new Map(pins.map(({ name, version }) => [name as PackageName, parseVersion(version)]));
}

function append(byPackage: Map<PackageName, BriefRequirement[]>, each: BriefRequirement): void {
  const { name } = each.requirement;
  const ofPackage = byPackage.get(name);
  if (ofPackage === undefined) byPackage.set(name, [each]);
  else ofPackage.push(each);
}
