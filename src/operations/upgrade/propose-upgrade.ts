import { type Blueprint, type Brief, isSameTarget } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { type EnvName, type Project, replaceRequirement, type RequirementList } from "../../project/index.ts";
import { leastOf, raiseBounds, replaceBounds, withoutCeiling } from "./raise-bounds.ts";
import { type LoweredBound, loweredBounds } from "../bounds/lowered-bounds.ts";
import { type BoundedRequirement, type OldestAnswer, resolveOldest } from "../bounds/resolve-oldest.ts";
import { resolvedVersions, type RequirementLine, requirementLines } from "../bounds/requirement-lines.ts";
import { isPin } from "../../resolve/index.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";
import type { Version } from "../../vocab/version/index.ts";
import { changeTo, type ProjectChange } from "../locking/project-change.ts";
import type { ProjectSession } from "../session/project-session.ts";
import { type EnvResolution, resolveEnvs, type UpgradePolicy } from "../locking/resolve-envs.ts";
import { type UnlockedGroup, unlockedGroups } from "./unlocked-groups.ts";
import type { CurrentLock } from "../locking/current-locks.ts";

/** The scope of an upgrade. */
export interface UpgradeJob {
  readonly project: Project;
  /** The present locks of all environments. */
  readonly locks: readonly CurrentLock[];
  /** Requirements whose bounds are raised or replaced. */
  readonly lines: readonly RequirementLine[];
  /** The same for groups and extras that no environment has. */
  readonly unlockedLines: readonly RequirementLine[];
  /** Environments in which every package is upgraded, not only those of `lines` and `names`. */
  readonly whole: ReadonlySet<EnvName>;
  /** The packages that were named. */
  readonly names: readonly PackageName[];
  /** Replace bounds that exclude newer versions. */
  readonly latest: boolean;
}

/** A requirement whose text an upgrade changes. */
export interface UpgradedLine extends RequirementLine {
  /** The new text of the requirement. */
  readonly after: string;
}

/** The change that an upgrade proposes. */
export interface Upgraded extends ProjectChange {
  /** The environments as resolved to see which versions there are. With `latest`, upper bounds were removed for it. */
  readonly asked: readonly EnvResolution[];
  /** The project that was resolved for `asked`. */
  readonly opened: ProjectSession;
  /** The requirements of `pyproject.toml` that change. */
  readonly lines: readonly UpgradedLine[];
  /**
   * Groups and extras that no environment has, and that stay unchanged because they cannot be resolved with the
   * default environment.
   */
  readonly left: readonly UnlockedGroup[];
  /** Bounds that are below the locked versions, so that an older Python can meet them. */
  readonly lowered: readonly LoweredBound[];
}

/**
 * Returns the change that upgrades a project: it resolves newer versions, derives bounds from them, and makes the
 * locks with these bounds. Writes nothing. Throws `unsatisfiable` with the conflict.
 */
export async function proposeUpgrade(job: UpgradeJob, session: ProjectSession): Promise<Upgraded> {
  const named = new Set([...job.names, ...job.lines.map(({ requirement }) => requirement.name)]);
  const open = (line: RequirementLine) => (job.latest ? opening(line, job) : line.text);
  const opened = await rewritten(session, job.lines, open);
  const newer: UpgradePolicy = (env) => ({
    upgrade: job.whole.has(env) || named,
    // Nobody wrote the requirements of an opened project.
    ...(opened.text !== session.text && { written: undefined }),
  });
  const found = await resolveEnvs(opened, newer);
  const oldest = await oldestAnswers(job, job.lines, opened, found.map(wholeOf));
  const lowered = loweredBounds(
    { blueprintVersion: 1, targets: found.flatMap((each) => wholeOf(each).targets) },
    oldest,
  );
  const boundWith = ({ pinned, answers }: BoundChoice) => {
    const versions = versionsOf(job.lines, opened, [...found.map(answerOf), ...answers]);
    const ofTargets = versionsOf(job.lines, opened, found.map(answerOf));
    // `==` names one version, so it must be one that all targets can use.
    const common = new Set(answers.flatMap((answer) => answer.common.map(keyOfBounded)));
    const isCommon = ({ line, requirement }: RequirementLine) =>
      common.has(keyOfBounded({ requirement, origin: originOf(line) }));
    return (line: RequirementLine) => {
      const resolved = (isPinned(line) && !isCommon(line) ? ofTargets : versions).get(line) ?? [];
      if (!job.latest) return raiseBounds(line.text, resolved);
      const least = resolved.filter((version) => version.key === leastOf(resolved)?.key);
      return replaceBounds(line.text, pinned && isPinned(line) ? least : resolved);
    };
  };
  const finish = async (bound: (line: RequirementLine) => string) => {
    const bounded = await rewritten(session, job.lines, bound);
    const change = await changeTo(bounded, { before: session, unbounded: opened, found });
    const lines = job.lines.map((line) => ({ ...line, after: bound(line) }));
    return {
      bounded,
      upgraded: { ...change, asked: found, opened, lines: lines.filter(isChanged), left: [], lowered },
    };
  };
  // A pin stays a pin, even if some targets could take a newer version: usually all can take the lowest of them. The
  // lowest version for an old Python may not work on a new one.
  const choices: readonly BoundChoice[] = [
    { pinned: true, answers: oldest },
    { pinned: true, answers: [] },
    { pinned: false, answers: [] },
  ];
  const { bounded, upgraded } = await firstSatisfiable(choices.map(boundWith), job.lines, finish);
  return job.unlockedLines.length === 0 ? upgraded : withUnlocked(upgraded, { session, bounded }, job, open);
}

/** How the bounds of an upgrade are made. */
interface BoundChoice {
  /** A pin stays a pin. */
  readonly pinned: boolean;
  /** The answers for older Pythons that count. */
  readonly answers: readonly OldestAnswer[];
}

function originOf(line: number): string {
  return `pyproject.toml:${line}`;
}

function keyOfBounded({ requirement, origin }: Pick<BoundedRequirement, "requirement" | "origin">): string {
  return `${requirement.name} ${origin}`;
}

/** Returns the result of `finish` for the first of several bounds with which the project can be resolved. */
async function firstSatisfiable<T>(
  bounds: readonly ((line: RequirementLine) => string)[],
  lines: readonly RequirementLine[],
  finish: (bound: (line: RequirementLine) => string) => Promise<T>,
): Promise<T> {
  const [bound, ...others] = bounds;
  if (bound === undefined) throw new Error("there are no bounds to try");
  return finish(bound).catch((error: unknown) => {
    const different = others.filter((other) => lines.some((line) => bound(line) !== other(line)));
    if (different.length === 0 || !(error instanceof PosyError) || error.code !== "unsatisfiable")
      throw error;
    return firstSatisfiable(different, lines, finish);
  });
}

/** Resolves lines for the oldest Pythons that the project allows, as far as their lower bounds may be raised. */
async function oldestAnswers(
  { latest }: UpgradeJob,
  lines: readonly RequirementLine[],
  session: ProjectSession,
  found: readonly Blueprint[],
): Promise<readonly OldestAnswer[]> {
  const raised = lines.filter(
    ({ requirement: { specifier } }) =>
      latest || specifier.specifiers.some(({ operator }) => operator === ">="),
  );
  const requirements = linesIn(session, raised).flatMap((line) =>
    line === undefined ? [] : [{ ...line, origin: originOf(line.line) }],
  );
  const targets = found.flatMap((blueprint) => blueprint.targets);
  return resolveOldest(session, requirements, { blueprintVersion: 1, targets });
}

/** Adds the upgrade of the lists that no environment has. They are resolved with the upgraded default environment. */
async function withUnlocked(
  upgraded: Upgraded,
  { session, bounded }: { readonly session: ProjectSession; readonly bounded: ProjectSession },
  job: UpgradeJob,
  open: (line: RequirementLine) => string,
): Promise<Upgraded> {
  const { unlockedLines, latest } = job;
  const opened = await rewritten(bounded, unlockedLines, open);
  const found = upgraded.locks.find(({ env }) => env === "default")?.outcome.blueprint;
  const lists = await unlockedGroups(opened, requirementListsOf(unlockedLines), found);
  const answers = lists.flatMap(({ answer }) => answer ?? []);
  const blueprints = answers.map(({ blueprint }) => blueprint);
  const oldest = await oldestAnswers(job, unlockedLines, opened, blueprints);
  const versions = versionsOf(unlockedLines, opened, [...answers, ...oldest]);
  const bound = (line: RequirementLine) =>
    (latest ? replaceBounds : raiseBounds)(line.text, versions.get(line) ?? []);
  const lines = unlockedLines.map((line) => ({ ...line, after: bound(line) })).filter(isChanged);
  const rewrittenLists = await rewritten(bounded, unlockedLines, bound);
  // The lock holds the lists, too.
  const change = await changeTo(rewrittenLists, {
    before: session,
    found: upgraded.locks.map((lock) => withListVersions(lock, answers)),
  });
  return {
    ...upgraded,
    ...change,
    lines: [...upgraded.lines, ...lines],
    left: lists.filter(({ answer }) => answer === undefined),
  };
}

/** Returns a resolved environment whose lists prefer the versions of other answers. */
function withListVersions(resolution: EnvResolution, answers: readonly Answer[]): EnvResolution {
  const { outcome } = resolution;
  if (outcome.lists === undefined) return resolution;
  const targets = outcome.blueprint.targets.map((target) => {
    const pins = answers.flatMap(({ blueprint }) =>
      blueprint.targets.filter((other) => isSameTarget(other, target)).flatMap(({ packages }) => packages),
    );
    return { ...target, packages: [...new Map(pins.map((pin) => [pin.name, pin])).values()] };
  });
  const whole = { ...outcome.blueprint, targets };
  return { ...resolution, outcome: { ...outcome, lists: { ...outcome.lists, whole } } };
}

interface Answer {
  readonly brief: Brief;
  readonly blueprint: Blueprint;
}

/** Returns an environment with the packages of its extras and groups. */
function wholeOf({ outcome: { lists, blueprint } }: EnvResolution): Blueprint {
  return lists?.whole ?? blueprint;
}

function answerOf({ job, outcome }: EnvResolution): Answer {
  return { brief: job.brief, blueprint: outcome.blueprint };
}

/**
 * Returns the resolved versions of each requirement. In the resolved project (`session`), its text may be another
 * one.
 */
function versionsOf(
  lines: readonly RequirementLine[],
  session: ProjectSession,
  answers: readonly Answer[],
): ReadonlyMap<RequirementLine, readonly Version[]> {
  const resolvedLines = linesIn(session, lines);
  return new Map(
    lines.map((line, index) => [
      line,
      answers.flatMap(({ brief, blueprint }) =>
        resolvedVersions(resolvedLines[index] ?? line, brief, blueprint),
      ),
    ]),
  );
}

function isChanged({ text, after }: UpgradedLine): boolean {
  return text !== after;
}

function requirementListsOf(lines: readonly RequirementLine[]): readonly RequirementList[] {
  return [...new Map(lines.map(({ list }) => [JSON.stringify(list), list])).values()];
}

/** Returns the requirement without upper bounds, and with the locked version as its lower bound. */
function opening(line: RequirementLine, { locks }: UpgradeJob): string {
  const locked = locks.flatMap(({ brief, blueprint }) =>
    blueprint ? resolvedVersions(line, brief, blueprint) : [],
  );
  return withoutCeiling(line.text, leastOf(locked));
}

/** Returns the project with other texts for some of its requirements. */
async function rewritten(
  session: ProjectSession,
  lines: readonly RequirementLine[],
  textOf: (line: RequirementLine) => string,
): Promise<ProjectSession> {
  const { path } = session.project;
  let { text } = session;
  for (const line of lines) {
    const wanted = textOf(line);
    if (wanted === line.text) continue;
    ({ text } = await replaceRequirement(text, path, line.list, line.index, wanted));
  }
  return session.with({ text });
}

/** Returns the same requirements in an edited project, in the same order. */
function linesIn(
  { project }: ProjectSession,
  lines: readonly RequirementLine[],
): readonly (RequirementLine | undefined)[] {
  const keyOf = ({ list, index }: RequirementLine) => JSON.stringify([list, index]);
  const all = new Map(requirementLines(project).map((line) => [keyOf(line), line]));
  return lines.map((line) => all.get(keyOf(line)));
}

function isPinned({ requirement }: RequirementLine): boolean {
  return requirement.specifier.specifiers.some(isPin);
}
