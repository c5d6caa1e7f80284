import type { Blueprint, BlueprintTarget, Brief } from "../../model/index.ts";
import type { Posy } from "../../posy.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { reachablePins } from "../../lockfile/index.ts";
import type { RequirementList } from "../../project/index.ts";
import { makeTarget, type Target } from "../../resolve/index.ts";
import type { Requirement } from "../../vocab/requirement/index.ts";
import { compareVersions, parseVersion, minorOf } from "../../vocab/version/index.ts";
import { listsOptions } from "../locking/resolve-additional-list.ts";
import type { ProjectSession } from "../session/project-session.ts";
import { allowedPythons, compareMinors } from "./allowed-pythons.ts";
import {
  holdsOnAny,
  indexPins,
  newestUsable,
  pinWorksOn,
  type SupportContext,
  targetsFor,
} from "./python-support.ts";

/** A requirement that gets a lower bound, and its list. */
export interface BoundedRequirement {
  readonly list: RequirementList;
  readonly requirement: Requirement;
  /** Its line, `pyproject.toml:12`; empty if it is not known. */
  readonly origin: string;
}

/** The versions of some requirements on the oldest Python that the project allows. */
export interface OldestAnswer {
  readonly requirements: readonly BoundedRequirement[];
  /** `3.11` */
  readonly python: string;
  readonly brief: Brief;
  readonly blueprint: Blueprint;
  /** The requirements of which the versions have files for all other targets of the project, too. */
  readonly common: readonly BoundedRequirement[];
}

/** A requirement of which no version works on the oldest Python on which it applies. */
export interface Unusable {
  readonly requirement: Requirement;
  /** `3.11` */
  readonly python: string;
}

/**
 * Resolves requirements for the oldest Python that `requires-python` allows and on which they apply, so that a lower
 * bound can allow what works there. `session` is the project with the requirements, and `found` has its targets. A
 * requirement needs no answer if `found` has a target for that Python, or if all of its packages work there as they
 * are.
 *
 * The whole project is resolved. If that has no answer, each requirement is resolved alone. `onUnusable` is called for
 * a requirement that has no answer either.
 */
export async function resolveOldest(
  session: ProjectSession,
  requirements: readonly BoundedRequirement[],
  found: Blueprint,
  onUnusable: (unusable: Unusable) => void = () => {},
): Promise<readonly OldestAnswer[]> {
  const requiresPython = session.project.requiresPython?.value;
  const oldestFound = found.targets
    .map(({ python }) => parseVersion(python.version))
    .sort(compareVersions)[0];
  if (requiresPython === undefined || oldestFound === undefined) return [];
  const older = allowedPythons(requiresPython, oldestFound).filter(
    (python) => compareMinors(python, oldestFound.text) < 0,
  );
  const listed = requirements.filter(({ requirement }) => requirement.url === undefined);
  if (older.length === 0 || listed.length === 0) return [];
  const lists = listed.map(({ list }) => list);
  const { brief, posy } = await openWith(session, lists);
  const answers: OldestAnswer[] = [];
  let left = listed;
  for (const python of older) {
    const targets = targetsFor(python, { brief, posy });
    const applying = left.filter(({ requirement }) => holdsOnAny(requirement.marker, targets));
    left = left.filter((each) => !applying.includes(each));
    const open: BoundedRequirement[] = [];
    for (const each of applying) {
      if (!(await worksUnchanged(each, found, targets, { brief, posy }))) open.push(each);
    }
    if (open.length > 0) answers.push(...(await resolveOn(python, open, { brief, posy, found, onUnusable })));
    if (left.length === 0) break;
  }
  return answers;
}

/** Returns the answers for requirements whose version all targets of the project can use. */
export function onlyCommon(answers: readonly OldestAnswer[]): readonly OldestAnswer[] {
  return answers.flatMap((answer) =>
    answer.common.length === 0 ? [] : [{ ...answer, requirements: answer.common }],
  );
}

/** Returns the Brief of the default environment with some lists, and the `Posy` that resolves it. */
async function openWith(
  session: ProjectSession,
  lists: readonly RequirementList[],
): Promise<{ readonly brief: Brief; readonly posy: Posy }> {
  const base = await session.settings("default");
  // Lists that `pyproject.toml` keeps apart have no common Brief.
  const settings = await session.settings("default", listsOptions(lists)).catch((error: unknown) => {
    if (error instanceof PosyError) return base;
    throw error;
  });
  const { requirements, sources, constraints, overrides } = settings.brief;
  const brief = { ...base.locked, requirements, sources: sources ?? [], constraints, overrides };
  return { brief, posy: await session.posy(settings) };
}

/**
 * Whether a requirement and all packages that it needs work on the targets in the versions that were found. Then
 * resolving for these targets would choose the same versions.
 */
async function worksUnchanged(
  { requirement }: BoundedRequirement,
  { targets: foundTargets }: Blueprint,
  targets: readonly Target[],
  context: SupportContext,
): Promise<boolean> {
  const { marker: _marker, ...unmarked } = requirement;
  let isFound = false;
  for (const { platform, python, packages } of foundTargets) {
    const target = targets.find(({ interpreter }) => interpreter.platform === platform);
    if (target === undefined) continue;
    for (const pin of reachablePins(packages, python, [unmarked])) {
      isFound ||= pin.name === requirement.name;
      if (pin.artifact.kind === "source" || pin.artifact.direct || pinWorksOn(pin, target)) continue;
      // Other files of the version may fit.
      const { key } = parseVersion(pin.version);
      const usable = await newestUsable(pin.name, (version) => version.key === key, [target], context);
      if (usable === undefined) return false;
    }
  }
  return isFound;
}

interface OldestContext extends SupportContext {
  readonly posy: Posy;
  readonly found: Blueprint;
  readonly onUnusable: (unusable: Unusable) => void;
}

async function resolveOn(
  python: string,
  requirements: readonly BoundedRequirement[],
  context: OldestContext,
): Promise<readonly OldestAnswer[]> {
  const { brief, posy } = context;
  const whole = await resolvedFor(python, brief, context);
  const answer = async (
    requirementsOfAnswer: readonly BoundedRequirement[],
    resolved: Resolved,
  ): Promise<OldestAnswer> => ({
    requirements: requirementsOfAnswer,
    ...resolved,
    common: await commonOf(requirementsOfAnswer, resolved.blueprint, context),
  });
  if (whole !== undefined) return [await answer(requirements, whole)];
  const answers: OldestAnswer[] = [];
  for (const each of requirements) {
    const { requirement, origin } = each;
    const alone = { ...brief, requirements: [{ requirement, origin }], sources: [] };
    const targets: BlueprintTarget[] = [];
    for (const platform of brief.platforms) {
      const part = await resolvedFor(python, { ...alone, platforms: [platform] }, context);
      targets.push(...(part?.blueprint.targets ?? []));
    }
    const blueprint = { blueprintVersion: 1, targets } as const;
    if (targets.length > 0) {
      answers.push(await answer([each], { python: minorOf(python), brief: alone, blueprint }));
    } else if (!posy.pythons.offline) {
      // Offline, a version may only be missing from the cache.
      context.onUnusable({ requirement, python: minorOf(python) });
    }
  }
  return answers;
}

type Resolved = Omit<OldestAnswer, "requirements" | "common">;

/** Returns the requirements whose resolved versions have files for all targets that were found. */
async function commonOf(
  requirements: readonly BoundedRequirement[],
  oldest: Blueprint,
  { brief, posy, found }: OldestContext,
): Promise<readonly BoundedRequirement[]> {
  const machine = { ...posy.machine, platformTags: [] };
  const common: BoundedRequirement[] = [];
  for (const each of requirements) {
    const { name } = each.requirement;
    const [version] = indexPins(oldest, name)
      .map((pin) => parseVersion(pin.version))
      .sort(compareVersions);
    const users = found.targets.filter(({ packages }) => packages.some((pin) => pin.name === name));
    const usable = users.map(({ python }) => {
      const target = makeTarget(python, machine);
      return newestUsable(name, ({ key }) => key === version?.key, [target], { brief, posy });
    });
    if (!(await Promise.all(usable)).includes(undefined)) common.push(each);
  }
  return common;
}

/** Resolves a Brief for another Python. Returns undefined if it has no answer there. */
async function resolvedFor(
  python: string,
  brief: Brief,
  { posy, found }: OldestContext,
): Promise<Resolved | undefined> {
  const asked = { ...brief, python: undefined, morePythons: [], pythonVersion: python };
  try {
    const blueprint = await posy.resolve(asked, found, { anyMachine: true, quiet: true });
    return { python: minorOf(python), brief: asked, blueprint };
  } catch (error) {
    // Status 1: the request can't be met. Anything else, such as a broken connection, is an error here too.
    if (error instanceof PosyError && error.exitStatus === 1) return undefined;
    throw error;
  }
}
