import type { Blueprint } from "../../model/blueprint.ts";
import type { Brief } from "../../model/brief.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { EnvName, Project } from "../../project/pyproject/project.ts";
import { parseProject } from "../../project/pyproject/read-project.ts";
import { replaceRequirement } from "../../project/pyproject/edit/replace-requirement.ts";
import type { RequirementPlace } from "../../project/pyproject/edit/requirement-lists.ts";
import { leastOf, raiseBounds, replaceBounds, withoutCeiling } from "./raise-bounds.ts";
import { foundFor, type RequirementLine, requirementLines } from "./requirement-lines.ts";
import { isPin } from "../../resolve/candidates/candidate-policy.ts";
import type { PackageName } from "../../vocab/requirement/name.ts";
import type { Version } from "../../vocab/version/version.ts";
import type { CommandContext } from "../../cli/commands/command.ts";
import {
  answerAll,
  type EnvResolution,
  type UpgradePolicy,
  keepingFound,
  lockAll,
  type ProjectChange,
  type ProjectChangeOptions,
} from "../change-project.ts";
import { type UnlockedGroup, unlockedGroups } from "../unlocked-groups.ts";
import type { CurrentLock } from "../current-locks.ts";
import { readNamedText } from "../../system/named-file.ts";

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
  readonly opened: string;
  readonly lines: readonly UpgradedLine[];
  /** Groups and extras that stay as they are, since they can't be had beside the default environment, which they are not in. */
  readonly left: readonly UnlockedGroup[];
}

/**
 * What a project and its locks would be with newer versions: first what can be had, then the bounds that say so, then the locks by
 * them, from what was found. Writes nothing. Throws `unsatisfiable` with what stands in the way.
 */
export async function upgradeProject(
  job: UpgradeJob,
  options: ProjectChangeOptions,
  context: CommandContext,
): Promise<Upgraded> {
  const { path } = job.project;
  const before = await readNamedText(path);
  const named = new Set([...job.names, ...job.lines.map(({ requirement }) => requirement.name)]);
  const newer: UpgradePolicy = (env) => ({ upgrade: job.whole.has(env) || named });
  const open = (line: RequirementLine) => (job.latest ? opening(line, job) : line.text);
  const opened = await rewritten(before, path, job.lines, open);
  const found = await answerAll(opened, path, options, context, newer);
  const versions = await versionsOf(job.lines, opened, path, found.map(answerOf));
  const bound = (line: RequirementLine, pinned: boolean) => {
    const own = versions.get(line) ?? [];
    if (!job.latest) return raiseBounds(line.text, own);
    const least = own.filter((version) => version.key === leastOf(own)?.key);
    return replaceBounds(line.text, pinned && isPinned(line) ? least : own);
  };
  const finish = async (pinned: boolean): Promise<Upgraded> => {
    const bounded = await rewritten(before, path, job.lines, (line) => bound(line, pinned));
    const answers =
      bounded === opened ? found : await answerAll(bounded, path, options, context, keepingFound(found));
    const locks = await lockAll(answers);
    const lines = job.lines.map((line) => ({ ...line, after: bound(line, pinned) }));
    return {
      path,
      before,
      text: bounded,
      locks,
      asked: found,
      opened,
      lines: lines.filter(isChanged),
      left: [],
    };
  };
  const upgraded = await finish(true).catch((error: unknown) => {
    // A pin stays one, though some targets could have more: as a rule all can have the least.
    const apart = job.lines.some((line) => bound(line, true) !== bound(line, false));
    if (apart && error instanceof PosyError && error.code === "unsatisfiable") return finish(false);
    throw error;
  });
  return job.beside.length === 0 ? upgraded : withBeside(upgraded, job, open, options, context);
}

/** With the lists that no environment has, which move beside what the default one is now. */
async function withBeside(
  upgraded: Upgraded,
  { beside, latest }: UpgradeJob,
  open: (line: RequirementLine) => string,
  options: ProjectChangeOptions,
  context: CommandContext,
): Promise<Upgraded> {
  const { path } = upgraded;
  const opened = await rewritten(upgraded.text, path, beside, open);
  const found = upgraded.locks.find(({ env }) => env === "default")?.outcome.blueprint;
  const lists = await unlockedGroups(opened, path, placesOf(beside), found, options, context);
  const versions = await versionsOf(
    beside,
    opened,
    path,
    lists.flatMap(({ answer }) => answer ?? []),
  );
  const bound = (line: RequirementLine) =>
    (latest ? replaceBounds : raiseBounds)(line.text, versions.get(line) ?? []);
  const lines = beside.map((line) => ({ ...line, after: bound(line) })).filter(isChanged);
  return {
    ...upgraded,
    text: await rewritten(upgraded.text, path, beside, bound),
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
async function versionsOf(
  lines: readonly RequirementLine[],
  text: string,
  path: string,
  answers: readonly Answer[],
): Promise<ReadonlyMap<RequirementLine, readonly Version[]>> {
  const asked = await linesIn(text, path, lines);
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

/** The project with other texts in the places of some requirements. */
async function rewritten(
  text: string,
  path: string,
  lines: readonly RequirementLine[],
  textOf: (line: RequirementLine) => string,
): Promise<string> {
  let edited = text;
  for (const line of lines) {
    const wanted = textOf(line);
    if (wanted === line.text) continue;
    ({ text: edited } = await replaceRequirement(edited, path, line.place, line.index, wanted));
  }
  return edited;
}

/** The same requirements as they stand in an edited project, in the same order. */
async function linesIn(
  text: string,
  path: string,
  lines: readonly RequirementLine[],
): Promise<readonly (RequirementLine | undefined)[]> {
  const keyOf = ({ place, index }: RequirementLine) => JSON.stringify([place, index]);
  const all = new Map(requirementLines(await parseProject(text, path)).map((line) => [keyOf(line), line]));
  return lines.map((line) => all.get(keyOf(line)));
}

function isPinned({ requirement }: RequirementLine): boolean {
  return requirement.specifier.specifiers.some(isPin);
}
