import type { PackageName } from "../vocab/requirement/index.ts";
import type { BriefRequirement } from "./brief.ts";

/** Packages that something is said of: all of them, or some; those of `except` neither way. */
export interface PackageChoice {
  readonly all: boolean;
  readonly names: ReadonlySet<PackageName>;
  readonly except?: ReadonlySet<PackageName>;
}

/** What is handed to a build backend: `-C key=value`, several values where the key was given several times. */
export type ConfigSettings = Readonly<Record<string, string | readonly string[]>>;

/** What a person says of building. What is said of a package by its name counts before what is said of all. */
export interface BuildPolicy {
  /** Only wheels will do (`--no-build`, pip's `--only-binary`). */
  readonly noBuild: PackageChoice;
  /** Only sources will do (`--no-binary`). */
  readonly noBinary: PackageChoice;
  /** Built in an Env of what the Brief asks for besides, not in one of their own (`--no-build-isolation`). */
  readonly noIsolation: PackageChoice;
  readonly settings: ConfigSettings;
  readonly packageSettings: ReadonlyMap<PackageName, ConfigSettings>;
  /** Hold for what builds need (`--build-constraint`). */
  readonly constraints: readonly BriefRequirement[];
}

const nothing: PackageChoice = { all: false, names: new Set() };

export const defaultBuildPolicy: BuildPolicy = {
  noBuild: nothing,
  noBinary: nothing,
  noIsolation: nothing,
  settings: {},
  packageSettings: new Map(),
  constraints: [],
};

/** What both say holds; of settings of one key those of the first. */
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

/** Whether a wheel of the package may be taken. A package that both sides name has neither a wheel nor a build. */
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

/** The settings for one package: its own replace those for all, key by key. */
export function settingsFor(policy: BuildPolicy, name: PackageName): ConfigSettings {
  return { ...policy.settings, ...policy.packageSettings.get(name) };
}
