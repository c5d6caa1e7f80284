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

/** An environment as it is locked, and as its bounds would let it be. */
export interface LockedEnv {
  readonly env: string;
  readonly brief: Brief;
  readonly before: Blueprint;
  readonly after: Blueprint;
  readonly db: PackageDB;
  readonly machine: Machine;
}

/** A package of which there is something newer than what is locked. */
export interface Outdated {
  readonly name: string;
  /** The project itself asks for it. */
  readonly requested: boolean;
  /** Where the project does, as in `pyproject.toml:12`, then by which packages it came. */
  readonly askedBy: readonly string[];
  /** That at least one target has a file for. */
  readonly newest: string;
  readonly targets: readonly OutdatedTarget[];
}

export interface OutdatedTarget {
  readonly env: string;
  readonly platform: string;
  readonly python: string;
  readonly locked: string;
  /** What an upgrade would take; missing where it would do without the package. */
  readonly allowed?: string;
  /** Why that is not the newest; empty where it is. */
  readonly heldBack: readonly HeldBack[];
}

/** What is known of one package on one target. */
interface Seen {
  readonly env: LockedEnv;
  readonly pin: PackagePin;
  readonly locked: Version;
  readonly allowed: Version | undefined;
  readonly newest: Version | undefined;
  readonly given: Given;
}

interface Given {
  readonly target: Target;
  readonly policy: CandidatePolicy;
  /** The same without the constraints: what there is, whether or not it may be had. */
  readonly free: CandidatePolicy;
  readonly packages: BlueprintTarget["packages"];
}

/** What is behind in the locks of a project, by name. What names a place is not among it: there is one of it. Asks indexes. */
export async function outdatedPackages(envs: readonly LockedEnv[]): Promise<readonly Outdated[]> {
  const seen = new Map<string, Seen[]>();
  for (const env of envs) {
    for (const [before, after] of pairsOf(env)) {
      const given = givenFor(after, env);
      const found = await Promise.all(before.packages.map((pin) => lookAt(pin, given, env)));
      for (const each of found.flat()) {
        seen.set(each.pin.name, [...(seen.get(each.pin.name) ?? []), each]);
      }
    }
  }
  const names = [...seen.keys()].sort();
  const rows = await Promise.all(names.map((name) => rowOf(name, seen.get(name) ?? [])));
  return [...pythonRow(envs), ...rows.flat()];
}

/** The interpreter is locked as packages are. What an upgrade takes is the newest: which others there are is `requires-python`'s to say. */
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

async function rowOf(name: string, seen: readonly Seen[]): Promise<readonly Outdated[]> {
  const newest = seen
    .flatMap((each) => each.newest ?? [])
    .sort(compareVersions)
    .at(-1);
  if (newest === undefined || seen.every(({ locked }) => compareVersions(locked, newest) >= 0)) return [];
  const targets = seen.map(async (each): Promise<OutdatedTarget> => {
    const { env, pin, allowed, given } = each;
    const python = given.target.interpreter.version;
    return {
      env: env.env,
      platform: given.target.interpreter.platform,
      python,
      locked: pin.version,
      ...(allowed && { allowed: allowed.text }),
      heldBack: allowed && compareVersions(allowed, newest) >= 0 ? [] : await whyNot(each, newest),
    };
  });
  const askers = seen.flatMap(({ pin, env: { brief }, given }) => {
    const written = brief.requirements.filter(({ requirement }) => requirement.name === pin.name);
    const own = ownPackage(brief.requirements);
    const others = pin.requiredBy.filter((asker) => asker !== own);
    const version = (asker: string) => given.packages.find((each) => each.name === asker)?.version;
    return [
      ...written.map(({ origin }) => origin),
      ...others.map((asker) => `${asker} ${version(asker) ?? ""}`),
    ];
  });
  return [
    {
      name,
      requested: seen.some(({ pin }) => pin.requested),
      askedBy: [...new Set(askers.map((text) => text.trim()))].filter((text) => text !== ""),
      newest: newest.text,
      targets: together(await Promise.all(targets)),
    },
  ];
}

/** Where one can't have it and others have what that one has, there is nothing else to be looked for. */
function together(targets: readonly OutdatedTarget[]): readonly OutdatedTarget[] {
  const known = ({ heldBack }: OutdatedTarget) => heldBack.some(({ kind }) => kind !== "other");
  return targets.map((target) => {
    const alike = targets.some((each) => known(each) && each.allowed === target.allowed);
    const open = target.heldBack.length > 0 && !known(target);
    return open && alike ? { ...target, heldBack: [{ kind: "together" }] } : target;
  });
}

async function whyNot({ pin, env, given }: Seen, newest: Version): Promise<readonly HeldBack[]> {
  const name = parsePackageName(pin.name);
  const known = await knownOf(name, given, env.db);
  const index = known.versions.findIndex(({ version }) => version.key === newest.key);
  if (index === -1) return [{ kind: "other" }];
  return heldBackBy(name, newest, judge(known, index, given), given, env.db);
}

async function lookAt(pin: PackagePin, given: Given, env: LockedEnv): Promise<readonly Seen[]> {
  const name = parsePackageName(pin.name);
  if (pin.artifact.kind === "source" || pin.artifact.direct || given.policy.urls(name).length > 0) return [];
  const known = await knownOf(name, given, env.db);
  const locked = parseVersion(pin.version);
  // Where a final release will do, pre-releases are none of what a project is behind.
  const counts = (version: Version) =>
    !isPrerelease(version) || isPrerelease(locked) || given.policy.prereleases(name) === "mixed";
  const index = known.versions.findIndex(
    ({ version }, at) => counts(version) && judge(known, at, given).kind === "candidate",
  );
  const now = given.packages.find((each) => each.name === pin.name);
  return [
    {
      env,
      pin,
      given,
      locked,
      allowed: now && parseVersion(now.version),
      newest: index === -1 ? undefined : known.at(index).version,
    },
  ];
}

const remembered = new WeakMap<PackageDB, Map<string, Promise<KnownVersions>>>();

/** Targets that have a package from the same index ask for the same. */
function knownOf(name: PackageName, { target }: Given, db: PackageDB): Promise<KnownVersions> {
  const own = remembered.get(db) ?? new Map<string, Promise<KnownVersions>>();
  remembered.set(db, own);
  const index = db.indexOf(name, target.environment);
  const key = `${name} ${index ?? ""}`;
  const known =
    own.get(key) ?? db.project(name, index).then((project) => new KnownVersions(name, project, []));
  own.set(key, known);
  return known;
}

function judge(known: KnownVersions, index: number, { target, free }: Given): Compatibility {
  return selectArtifact(known, index, target, free, true);
}

function givenFor(after: BlueprintTarget, { brief, machine }: LockedEnv): Given {
  // A lock is for any machine of its platforms.
  const target = makeTarget(after.python, { ...machine, platformTags: [] });
  const free = {
    ...brief,
    // Who names a pre-release in a constraint wants it nevertheless.
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

/** Each target as it is, and what would become of it: of the same Python where there is one. */
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
