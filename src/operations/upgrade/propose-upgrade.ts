import { type Blueprint, type Brief, isSameTarget } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { type EnvName, type Project, replaceRequirement, type RequirementList } from "../../project/index.ts";
import { leastOf, raiseBounds, replaceBounds, withoutCeiling } from "./raise-bounds.ts";
import { resolvedVersions, type RequirementLine, requirementLines } from "./requirement-lines.ts";
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
}

/**
 * Returns the change that upgrades a project: it resolves newer versions, derives bounds from them, and makes the
 * locks with these bounds. Writes nothing. Throws `unsatisfiable` with the conflict.
 */
export async function proposeUpgrade(job: UpgradeJob, session: ProjectSession): Promise<Upgraded> {
  const named = new Set([...job.names, ...job.lines.map(({ requirement }) => requirement.name)]);
  const newer: UpgradePolicy = (env) => ({ upgrade: job.whole.has(env) || named });
  const open = (line: RequirementLine) => (job.latest ? opening(line, job) : line.text);
  const opened = await rewritten(session, job.lines, open);
  const found = await resolveEnvs(opened, newer);
  const versions = versionsOf(job.lines, opened, found.map(answerOf));
  const bound = (line: RequirementLine, pinned: boolean) => {
    const resolved = versions.get(line) ?? [];
    if (!job.latest) return raiseBounds(line.text, resolved);
    const least = resolved.filter((version) => version.key === leastOf(resolved)?.key);
    return replaceBounds(line.text, pinned && isPinned(line) ? least : resolved);
  };
  const finish = async (pinned: boolean) => {
    const bounded = await rewritten(session, job.lines, (line) => bound(line, pinned));
    const change = await changeTo(bounded, { before: session, unbounded: opened, found });
    const lines = job.lines.map((line) => ({ ...line, after: bound(line, pinned) }));
    return {
      bounded,
      upgraded: { ...change, asked: found, opened, lines: lines.filter(isChanged), left: [] },
    };
  };
  const { bounded, upgraded } = await finish(true).catch((error: unknown) => {
    // A pin stays a pin, even if some targets could take a newer version: usually all can take the lowest of them.
    const differs = job.lines.some((line) => bound(line, true) !== bound(line, false));
    if (differs && error instanceof PosyError && error.code === "unsatisfiable") return finish(false);
    throw error;
  });
  return job.unlockedLines.length === 0 ? upgraded : withUnlocked(upgraded, { session, bounded }, job, open);
}

/** Adds the upgrade of the lists that no environment has. They are resolved with the upgraded default environment. */
async function withUnlocked(
  upgraded: Upgraded,
  { session, bounded }: { readonly session: ProjectSession; readonly bounded: ProjectSession },
  { unlockedLines, latest }: UpgradeJob,
  open: (line: RequirementLine) => string,
): Promise<Upgraded> {
  const opened = await rewritten(bounded, unlockedLines, open);
  const found = upgraded.locks.find(({ env }) => env === "default")?.outcome.blueprint;
  const lists = await unlockedGroups(opened, requirementListsOf(unlockedLines), found);
  const versions = versionsOf(
    unlockedLines,
    opened,
    lists.flatMap(({ answer }) => answer ?? []),
  );
  const bound = (line: RequirementLine) =>
    (latest ? replaceBounds : raiseBounds)(line.text, versions.get(line) ?? []);
  const lines = unlockedLines.map((line) => ({ ...line, after: bound(line) })).filter(isChanged);
  const rewrittenLists = await rewritten(bounded, unlockedLines, bound);
  const answers = lists.flatMap(({ answer }) => answer ?? []);
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
