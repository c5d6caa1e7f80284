import { readFile } from "node:fs/promises";
import { PosyError } from "../../errors/posy-error.ts";
import type { EnvName, Project } from "../../project/pyproject/project.ts";
import { parseProject } from "../../project/pyproject/read-project.ts";
import { replaceRequirement } from "../../project/pyproject/replace-requirement.ts";
import { leastOf, raiseBounds, replaceBounds, withoutCeiling } from "../../project/upgrade/raise-bounds.ts";
import { foundFor, type RequirementLine, requirementLines } from "../../project/upgrade/requirement-lines.ts";
import { isPin } from "../../resolve/policy.ts";
import type { PackageName } from "../../vocab/name.ts";
import type { Surroundings } from "../commands/command.ts";
import {
  type EnvLock,
  type Keeping,
  lockAll,
  type ProjectChange,
  type ProjectChangeOptions,
} from "./change-project.ts";
import type { LockJob } from "./lock-project.ts";
import type { KnownLock } from "./known-locks.ts";

/** What is to be upgraded. */
export interface UpgradeJob {
  readonly project: Project;
  /** The locks as they are, where there are any. */
  readonly locks: readonly KnownLock[];
  /** Requirements whose bounds move. */
  readonly lines: readonly RequirementLine[];
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
  readonly asked: readonly EnvLock[];
  readonly lines: readonly UpgradedLine[];
}

/**
 * What a project and its locks would be with newer versions: first what can be had, then the bounds that say so, then the locks by
 * them, from what was found. Writes nothing. Throws `unsatisfiable` with what stands in the way.
 */
export async function upgradeProject(
  job: UpgradeJob,
  options: ProjectChangeOptions,
  around: Surroundings,
): Promise<Upgraded> {
  const { path } = job.project;
  const before = await readFile(path, "utf8");
  const named = new Set([...job.names, ...job.lines.map(({ requirement }) => requirement.name)]);
  const newer: Keeping = (env) => ({ upgrade: job.whole.has(env) || named });
  const opened = job.latest ? await rewritten(before, path, job.lines, (line) => opening(line, job)) : before;
  const found = await lockAll(opened, path, options, around, newer);
  const openedLines = await linesIn(opened, path, job.lines);
  const versions = new Map(
    job.lines.map((line, at) => {
      const asked = openedLines[at] ?? line;
      return [
        line,
        found.flatMap(({ job: { brief }, outcome }) => foundFor(asked, brief, outcome.blueprint)),
      ];
    }),
  );
  const finish = async (bounds: (line: RequirementLine) => string): Promise<Upgraded> => {
    const text = await rewritten(before, path, job.lines, bounds);
    const keeping: Keeping = (env) => ({ upgrade: false, ...foundIn(found, env) });
    const locks = text === opened ? found : await lockAll(text, path, options, around, keeping);
    const lines = job.lines.map((line) => ({ ...line, after: bounds(line) }));
    return {
      path,
      before,
      text,
      locks,
      asked: found,
      lines: lines.filter(({ text: old, after }) => old !== after),
    };
  };
  const bound = (line: RequirementLine, pinned: boolean) => {
    const own = versions.get(line) ?? [];
    if (!job.latest) return raiseBounds(line.text, own);
    return replaceBounds(
      line.text,
      pinned && isPinned(line) ? own.filter((version) => version === leastOf(own)) : own,
    );
  };
  try {
    // A pin stays one, though some targets could have more: all can have the least, as a rule.
    return await finish((line) => bound(line, true));
  } catch (error) {
    const apart = job.lines.some((line) => bound(line, true) !== bound(line, false));
    if (!apart || !(error instanceof PosyError) || error.code !== "unsatisfiable") throw error;
    return finish((line) => bound(line, false));
  }
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

function foundIn(locks: readonly EnvLock[], name: EnvName): Pick<LockJob, "found"> {
  const lock = locks.find(({ env }) => env === name);
  return lock === undefined ? {} : { found: lock.outcome.blueprint };
}

function isPinned({ requirement }: RequirementLine): boolean {
  return requirement.specifier.specifiers.some(isPin);
}
