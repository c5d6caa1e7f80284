import type { PackageName } from "../vocab/requirement/index.ts";
import type { BriefRequirement } from "./brief.ts";

/** The packages that an option applies to: all, or those in `names`. It never applies to those in `except`. */
export interface PackageChoice {
  readonly all: boolean;
  readonly names: ReadonlySet<PackageName>;
  readonly except?: ReadonlySet<PackageName>;
}

/** Settings for a build backend (`-C key=value`). A key that was given several times has several values. */
export type ConfigSettings = Readonly<Record<string, string | readonly string[]>>;

/** Options for building. An option for a package by name takes precedence over one for all packages. */
export interface BuildPolicy {
  /** Use only wheels (`--no-build`, pip's `--only-binary`). */
  readonly noBuild: PackageChoice;
  /** Use only sources (`--no-binary`). */
  readonly noBinary: PackageChoice;
  /** Build in an Env of the Brief's other packages, not in an isolated one (`--no-build-isolation`). */
  readonly noIsolation: PackageChoice;
  readonly settings: ConfigSettings;
  readonly packageSettings: ReadonlyMap<PackageName, ConfigSettings>;
  /** Constraints for build requirements (`--build-constraint`). */
  readonly constraints: readonly BriefRequirement[];
}

const noPackages: PackageChoice = { all: false, names: new Set() };

export const defaultBuildPolicy: BuildPolicy = {
  noBuild: noPackages,
  noBinary: noPackages,
  noIsolation: noPackages,
  settings: {},
  packageSettings: new Map(),
  constraints: [],
};

/** Joins two policies. If both set the same key, the first one wins. */
export function joinPolicies(first: BuildPolicy, second: BuildPolicy): BuildPolicy {
  const join = (one: PackageChoice, other: PackageChoice): PackageChoice => ({
    all: one.all || other.all,
    names: new Set([...one.names, ...other.names]),
  });
  const packages = new Set([...first.packageSettings.keys(), ...second.packageSettings.keys()]);
  return {
    noBuild: join(first.noBuild, second.noBuild),
    noBinary: join(first.noBinary, second.noBinary),
    noIsolation: join(first.noIsolation, second.noIsolation),
    settings: { ...second.settings, ...first.settings },
    packageSettings: new Map(
      [...packages].map((name) => [
        name,
        { ...second.packageSettings.get(name), ...first.packageSettings.get(name) },
      ]),
    ),
    constraints: [...first.constraints, ...second.constraints],
  };
}

/**
 * Whether a wheel of the package may be used. If both `noBuild` and `noBinary` name the package, neither a wheel nor a
 * build is allowed.
 */
export function allowsWheel({ noBuild, noBinary }: BuildPolicy, name: PackageName): boolean {
  if (noBinary.except?.has(name)) return true;
  if (noBinary.names.has(name)) return false;
  return noBuild.names.has(name) || !noBinary.all;
}

/** Whether the package may be built. */
export function allowsBuild({ noBuild, noBinary }: BuildPolicy, name: PackageName): boolean {
  if (noBuild.names.has(name)) return false;
  return noBinary.names.has(name) || !noBuild.all;
}

export function isIsolated({ noIsolation }: BuildPolicy, name: PackageName): boolean {
  return !isChosen(noIsolation, name);
}

function isChosen({ all, names }: PackageChoice, name: PackageName): boolean {
  return all || names.has(name);
}

/** Returns the settings for one package. Those for the package replace those for all packages, key by key. */
export function settingsFor(policy: BuildPolicy, name: PackageName): ConfigSettings {
  return { ...policy.settings, ...policy.packageSettings.get(name) };
}
