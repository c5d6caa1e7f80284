import type { Blueprint, BlueprintTarget, Brief, PackagePin } from "../../model/index.ts";
import type { PackageDB } from "../../packages/index.ts";
import {
  CandidatePolicy,
  type Compatibility,
  type HeldBack,
  heldBackBy,
  KnownVersions,
  makeTarget,
  ownPackage,
  selectArtifact,
  type Target,
} from "../../resolve/index.ts";
import type { Machine } from "../../system/machine/index.ts";
import { type PackageName, parsePackageName } from "../../vocab/requirement/index.ts";
import { compareVersions, isPrerelease, parseVersion, type Version } from "../../vocab/version/index.ts";

/** An environment as it is locked (`before`), and as an upgrade within its bounds would lock it (`after`). */
export interface LockedEnv {
  readonly env: string;
  readonly brief: Brief;
  readonly before: Blueprint;
  readonly after: Blueprint;
  readonly db: PackageDB;
  readonly machine: Machine;
}

/** A package, or `python`, with a newer version than the locked one. */
export interface Outdated {
  readonly name: string;
  /** True if the project itself asks for the package. */
  readonly requested: boolean;
  /** The lines of the project that ask for it (`pyproject.toml:12`), then the packages that do (`pandas 2.3.0`). */
  readonly askedBy: readonly string[];
  /** The newest version that has a file for at least one target. */
  readonly newest: string;
  readonly targets: readonly OutdatedTarget[];
}

/** An outdated package on one target of one environment. */
export interface OutdatedTarget {
  readonly env: string;
  readonly platform: string;
  /** The version of the target's Python. */
  readonly python: string;
  /** The locked version of the package. */
  readonly locked: string;
  /** The version that an upgrade would take; missing if an upgrade would not need the package. */
  readonly allowed?: string;
  /** The reasons why that is not the newest version; empty if it is. */
  readonly heldBack: readonly HeldBack[];
}

/** A package that is locked at a pre-release, although neither the project nor an option asks for pre-releases. */
export interface PrereleaseChoice {
  readonly name: string;
  /** The locked pre-releases, one for each target that has one. */
  readonly locked: readonly string[];
  /** The newest final release that was not yanked; missing if there is none. */
  readonly final?: string;
  /** Why the targets can't use it. */
  readonly heldBack: readonly HeldBack[];
}

/** Lists the packages among `names` that are locked at a pre-release that nobody asked for. Asks indexes. */
export async function prereleaseChoices(
  envs: readonly LockedEnv[],
  names: ReadonlySet<string>,
): Promise<readonly PrereleaseChoice[]> {
  const choices: PrereleaseChoice[] = [];
  for (const name of names) {
    const locked: string[] = [];
    const heldBack: HeldBack[] = [];
    let final: string | undefined;
    for (const env of envs) {
      for (const [before, after] of pairsOf(env)) {
        const pin = before.packages.find((each) => each.name === name);
        const conditions = conditionsFor(after, env);
        if (pin === undefined || !isUnwantedPrerelease(pin, env, conditions)) continue;
        locked.push(pin.version);
        const known = await knownVersionsOf(parsePackageName(name), conditions, env.db);
        for (const [index, { version }] of known.versions.entries()) {
          if (isPrerelease(version)) continue;
          const compatibility = compatibilityOf(known, index, conditions);
          if (compatibility.kind === "rejected" && compatibility.rejection.kind === "yanked") continue;
          final = version.text;
          const reasons = await heldBackBy(
            parsePackageName(name),
            version,
            compatibility,
            conditions,
            env.db,
          );
          heldBack.push(...reasons);
          break;
        }
      }
    }
    if (locked.length > 0) choices.push({ name, locked, heldBack, ...(final !== undefined && { final }) });
  }
  return choices;
}

function isUnwantedPrerelease(pin: PackagePin, { brief }: LockedEnv, { policy }: Conditions): boolean {
  const name = parsePackageName(pin.name);
  if (pin.artifact.direct || !isPrerelease(parseVersion(pin.version))) return false;
  if (policy.prereleases(name) === "mixed") return false;
  const named = [...brief.requirements, ...brief.constraints].filter(
    ({ requirement }) => requirement.name === name,
  );
  return !named.some(({ requirement }) =>
    requirement.specifier.specifiers.some(({ version }) => version !== undefined && isPrerelease(version)),
  );
}

/** The versions of one package on one target. */
interface PackageVersions {
  readonly env: LockedEnv;
  readonly pin: PackagePin;
  readonly locked: Version;
  readonly allowed: Version | undefined;
  readonly newest: Version | undefined;
  readonly conditions: Conditions;
}

/** The target that versions are looked up for, and the policies that decide which ones are candidates. */
interface Conditions {
  readonly target: Target;
  readonly policy: CandidatePolicy;
  /** The policy without constraints. It shows which versions exist, even if the project rules them out. */
  readonly free: CandidatePolicy;
  readonly packages: BlueprintTarget["packages"];
}

/**
 * Lists the outdated packages of a project's locks by name, after `python`. With `names`, only these are looked up. A
 * package from a URL or a folder is never outdated: there is only one version of it. Asks indexes.
 */
export async function outdatedPackages(
  envs: readonly LockedEnv[],
  names?: ReadonlySet<string>,
): Promise<readonly Outdated[]> {
  const isWanted = ({ name }: { readonly name: string }) => names === undefined || names.has(name);
  const byPackage = new Map<string, PackageVersions[]>();
  for (const env of envs) {
    for (const [before, after] of pairsOf(env)) {
      const conditions = conditionsFor(after, env);
      const pins = before.packages.filter(isWanted);
      const found = await Promise.all(pins.map((pin) => versionsOf(pin, conditions, env)));
      for (const versions of found.flat()) {
        const { name } = versions.pin;
        byPackage.set(name, [...(byPackage.get(name) ?? []), versions]);
      }
    }
  }
  const sorted = [...byPackage.keys()].sort();
  const rows = await Promise.all(sorted.map((name) => rowOf(name, byPackage.get(name) ?? [])));
  return [...pythonRow(envs).filter(isWanted), ...rows.flat()];
}

/**
 * Returns a row for Python if a locked interpreter has a newer version. The newest version is the one that an upgrade
 * would take: `requires-python` decides which others count.
 */
function pythonRow(envs: readonly LockedEnv[]): readonly Outdated[] {
  const targets = envs.flatMap((env) =>
    pairsOf(env).map(([before, { python }]): OutdatedTarget => {
      const { platform } = before;
      const locked = before.python.version;
      return {
        env: env.env,
        platform,
        python: python.version,
        locked,
        allowed: python.version,
        heldBack: [],
      };
    }),
  );
  const behind = targets.filter(
    ({ locked, python }) => compareVersions(parseVersion(locked), parseVersion(python)) < 0,
  );
  const newest = behind
    .map(({ python }) => parseVersion(python))
    .sort(compareVersions)
    .at(-1);
  if (newest === undefined) return [];
  const askedBy = [...new Set(envs.flatMap(({ brief }) => brief.pythonOrigin ?? []))];
  return [{ name: "python", requested: true, askedBy, newest: newest.text, targets: behind }];
}

async function rowOf(name: string, byPackage: readonly PackageVersions[]): Promise<readonly Outdated[]> {
  const newest = byPackage
    .flatMap((each) => each.newest ?? [])
    .sort(compareVersions)
    .at(-1);
  if (newest === undefined || byPackage.every(({ locked }) => compareVersions(locked, newest) >= 0))
    return [];
  const targets = byPackage.map(async (each): Promise<OutdatedTarget> => {
    const { env, pin, allowed, conditions } = each;
    const python = conditions.target.interpreter.version;
    return {
      env: env.env,
      platform: conditions.target.interpreter.platform,
      python,
      locked: pin.version,
      ...(allowed && { allowed: allowed.text }),
      heldBack: allowed && compareVersions(allowed, newest) >= 0 ? [] : await reasonsAgainst(each, newest),
    };
  });
  const askers = byPackage.flatMap(({ pin, env: { brief }, conditions }) => {
    const written = brief.requirements.filter(({ requirement }) => requirement.name === pin.name);
    const own = ownPackage(brief.requirements);
    const others = pin.requiredBy.filter((asker) => asker !== own);
    const version = (asker: string) => conditions.packages.find((each) => each.name === asker)?.version;
    return [
      ...written.map(({ origin }) => origin),
      ...others.map((asker) => `${asker} ${version(asker) ?? ""}`),
    ];
  });
  return [
    {
      name,
      requested: byPackage.some(({ pin }) => pin.requested),
      askedBy: [...new Set(askers.map((text) => text.trim()))].filter((text) => text !== ""),
      newest: newest.text,
      targets: explainTogether(await Promise.all(targets)),
    },
  ];
}

/**
 * Explains targets without a reason by those with one: if another target has the same allowed version and a reason,
 * the two are held back together.
 */
function explainTogether(targets: readonly OutdatedTarget[]): readonly OutdatedTarget[] {
  const known = ({ heldBack }: OutdatedTarget) => heldBack.some(({ kind }) => kind !== "other");
  return targets.map((target) => {
    const alike = targets.some((each) => known(each) && each.allowed === target.allowed);
    const open = target.heldBack.length > 0 && !known(target);
    return open && alike ? { ...target, heldBack: [{ kind: "together" }] } : target;
  });
}

async function reasonsAgainst(
  { pin, env, conditions }: PackageVersions,
  newest: Version,
): Promise<readonly HeldBack[]> {
  const name = parsePackageName(pin.name);
  const known = await knownVersionsOf(name, conditions, env.db);
  const index = known.versions.findIndex(({ version }) => version.key === newest.key);
  if (index === -1) return [{ kind: "other" }];
  return heldBackBy(name, newest, compatibilityOf(known, index, conditions), conditions, env.db);
}

async function versionsOf(
  pin: PackagePin,
  conditions: Conditions,
  env: LockedEnv,
): Promise<readonly PackageVersions[]> {
  const name = parsePackageName(pin.name);
  if (pin.artifact.kind === "source" || pin.artifact.direct || conditions.policy.urls(name).length > 0)
    return [];
  const known = await knownVersionsOf(name, conditions, env.db);
  const locked = parseVersion(pin.version);
  // If the project takes only final releases, a newer pre-release does not make a package outdated.
  const mayCount = (version: Version) =>
    !isPrerelease(version) || isPrerelease(locked) || conditions.policy.prereleases(name) === "mixed";
  const index = known.versions.findIndex(
    ({ version }, position) =>
      mayCount(version) && compatibilityOf(known, position, conditions).kind === "candidate",
  );
  const now = conditions.packages.find((each) => each.name === pin.name);
  return [
    {
      env,
      pin,
      conditions,
      locked,
      allowed: now && parseVersion(now.version),
      newest: index === -1 ? undefined : known.at(index).version,
    },
  ];
}

const pages = new WeakMap<PackageDB, Map<string, Promise<KnownVersions>>>();

/** Returns the versions of a package. Targets that take it from the same index share one request. */
function knownVersionsOf(name: PackageName, { target }: Conditions, db: PackageDB): Promise<KnownVersions> {
  const versions = pages.get(db) ?? new Map<string, Promise<KnownVersions>>();
  pages.set(db, versions);
  const index = db.indexOf(name, target.environment);
  const key = `${name} ${index ?? ""}`;
  const known =
    versions.get(key) ?? db.project(name, index).then((project) => new KnownVersions(name, project, []));
  versions.set(key, known);
  return known;
}

function compatibilityOf(known: KnownVersions, index: number, { target, free }: Conditions): Compatibility {
  return selectArtifact(known, index, target, free, true);
}

function conditionsFor(after: BlueprintTarget, { brief, machine }: LockedEnv): Conditions {
  // A lock is for any machine of its platforms.
  const target = makeTarget(after.python, { ...machine, platformTags: [] });
  const free = {
    ...brief,
    // A constraint that names a pre-release still allows pre-releases.
    requirements: [...brief.requirements, ...brief.constraints],
    constraints: [],
  };
  return {
    target,
    packages: after.packages,
    policy: new CandidatePolicy(brief, target.environment, new Map()),
    free: new CandidatePolicy(free, target.environment, new Map()),
  };
}

/** Pairs each locked target with its target after an upgrade: with the same minor version of Python if there is one. */
function pairsOf({ before, after }: LockedEnv): readonly (readonly [BlueprintTarget, BlueprintTarget])[] {
  return before.targets.flatMap((target) => {
    const same = after.targets.filter(({ platform }) => platform === target.platform);
    const now = same.find((each) => minorOf(each) === minorOf(target)) ?? same[0];
    return now === undefined ? [] : [[target, now] as const];
  });
}

function minorOf({ python }: BlueprintTarget): string {
  const [major, minor] = parseVersion(python.version).release;
  return `${python.implementation} ${major}.${minor} ${String(python.freeThreaded)}`;
}
