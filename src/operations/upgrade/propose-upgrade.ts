import type { Blueprint, Brief } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import {
  type EnvName,
  type Project,
  replaceRequirement,
  type RequirementPlace,
} from "../../project/index.ts";
import { leastOf, raiseBounds, replaceBounds, withoutCeiling } from "./raise-bounds.ts";
import { foundFor, type RequirementLine, requirementLines } from "./requirement-lines.ts";
import { isPin } from "../../resolve/index.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";
import type { Version } from "../../vocab/version/index.ts";
import { changeTo, type ProjectChange } from "../project-change.ts";
import type { ProjectSession } from "../project-session.ts";
import { type EnvResolution, resolveEnvs, type UpgradePolicy } from "../resolve-envs.ts";
import { type UnlockedGroup, unlockedGroups } from "../unlocked-groups.ts";
import type { CurrentLock } from "../current-locks.ts";

/** What is to be upgraded. */
export interface UpgradeJob {
  readonly project: Project;
  /** The locks as they are, where there are any. */
  readonly locks: readonly CurrentLock[];
  /** Requirements whose bounds move. */
  readonly lines: readonly RequirementLine[];
  /** And those of groups and extras that no environment has. */
  readonly beside: readonly RequirementLine[];
  /** Environments in which everything moves, not only what the lines and the names say. */
  readonly whole: ReadonlySet<EnvName>;
  readonly names: readonly PackageName[];
  /** Bounds that stand in the way are replaced. */
  readonly latest: boolean;
}

export interface UpgradedLine extends RequirementLine {
  /** The requirement as it is to be. */
  readonly after: string;
}

export interface Upgraded extends ProjectChange {
  /** What was asked for to see what there is: with `--latest` nothing stands in the way there. */
  readonly asked: readonly EnvResolution[];
  /** The project that asked for it. */
  readonly opened: ProjectSession;
  readonly lines: readonly UpgradedLine[];
  /** Groups and extras that stay as they are, since they can't be had beside the default environment, which they are not in. */
  readonly left: readonly UnlockedGroup[];
}

/**
 * The change to a project that brings newer versions: first what there is, then the bounds that say so, then the locks with these
 * bounds. Writes nothing. Throws `unsatisfiable` with what stands in the way.
 */
export async function proposeUpgrade(job: UpgradeJob, session: ProjectSession): Promise<Upgraded> {
  const named = new Set([...job.names, ...job.lines.map(({ requirement }) => requirement.name)]);
  const newer: UpgradePolicy = (env) => ({ upgrade: job.whole.has(env) || named });
  const open = (line: RequirementLine) => (job.latest ? opening(line, job) : line.text);
  const opened = await rewritten(session, job.lines, open);
  const found = await resolveEnvs(opened, newer);
  const versions = versionsOf(job.lines, opened, found.map(answerOf));
  const bound = (line: RequirementLine, pinned: boolean) => {
    const own = versions.get(line) ?? [];
    if (!job.latest) return raiseBounds(line.text, own);
    const least = own.filter((version) => version.key === leastOf(own)?.key);
    return replaceBounds(line.text, pinned && isPinned(line) ? least : own);
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
    // A pin stays a pin, even if some targets could have a newer version: usually all can have the lowest of them.
    const differs = job.lines.some((line) => bound(line, true) !== bound(line, false));
    if (differs && error instanceof PosyError && error.code === "unsatisfiable") return finish(false);
    throw error;
  });
  return job.beside.length === 0 ? upgraded : withUnlocked(upgraded, bounded, job, open);
}

/** Adds the lists that no environment has. They move next to what the default environment is now. */
async function withUnlocked(
  upgraded: Upgraded,
  bounded: ProjectSession,
  { beside, latest }: UpgradeJob,
  open: (line: RequirementLine) => string,
): Promise<Upgraded> {
  const opened = await rewritten(bounded, beside, open);
  const found = upgraded.locks.find(({ env }) => env === "default")?.outcome.blueprint;
  const lists = await unlockedGroups(opened, placesOf(beside), found);
  const versions = versionsOf(
    beside,
    opened,
    lists.flatMap(({ answer }) => answer ?? []),
  );
  const bound = (line: RequirementLine) =>
    (latest ? replaceBounds : raiseBounds)(line.text, versions.get(line) ?? []);
  const lines = beside.map((line) => ({ ...line, after: bound(line) })).filter(isChanged);
  return {
    ...upgraded,
    text: (await rewritten(bounded, beside, bound)).text,
    lines: [...upgraded.lines, ...lines],
    left: lists.filter(({ answer }) => answer === undefined),
  };
}

interface Answer {
  readonly brief: Brief;
  readonly blueprint: Blueprint;
}

function answerOf({ job, outcome }: EnvResolution): Answer {
  return { brief: job.brief, blueprint: outcome.blueprint };
}

/** What each requirement came to in the answers to a project in which it may be written otherwise. */
function versionsOf(
  lines: readonly RequirementLine[],
  session: ProjectSession,
  answers: readonly Answer[],
): ReadonlyMap<RequirementLine, readonly Version[]> {
  const asked = linesIn(session, lines);
  return new Map(
    lines.map((line, at) => [
      line,
      answers.flatMap(({ brief, blueprint }) => foundFor(asked[at] ?? line, brief, blueprint)),
    ]),
  );
}

function isChanged({ text, after }: UpgradedLine): boolean {
  return text !== after;
}

function placesOf(lines: readonly RequirementLine[]): readonly RequirementPlace[] {
  return [...new Map(lines.map(({ place }) => [JSON.stringify(place), place])).values()];
}

/** The requirement with nothing against newer versions than what is locked, which it does not go back behind. */
function opening(line: RequirementLine, { locks }: UpgradeJob): string {
  const locked = locks.flatMap(({ brief, blueprint }) => (blueprint ? foundFor(line, brief, blueprint) : []));
  return withoutCeiling(line.text, leastOf(locked));
}

/** The project with other texts for some of its requirements. */
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
    ({ text } = await replaceRequirement(text, path, line.place, line.index, wanted));
  }
  return session.with({ text });
}

/** The same requirements in an edited project, in the same order. */
function linesIn(
  { project }: ProjectSession,
  lines: readonly RequirementLine[],
): readonly (RequirementLine | undefined)[] {
  const keyOf = ({ place, index }: RequirementLine) => JSON.stringify([place, index]);
  const all = new Map(requirementLines(project).map((line) => [keyOf(line), line]));
  return lines.map((line) => all.get(keyOf(line)));
}

function isPinned({ requirement }: RequirementLine): boolean {
  return requirement.specifier.specifiers.some(isPin);
}
