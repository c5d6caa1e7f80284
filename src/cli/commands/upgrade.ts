import { relative } from "node:path";
import type { Outdated } from "../../operations/outdated/outdated.ts";
import { type ProjectChangeOptions, writeChange } from "../../operations/change-project.ts";
import { currentLocks } from "../../operations/current-locks.ts";
import { refuseChoices } from "../../operations/refuse-choices.ts";
import { requireProject } from "../../operations/require-project.ts";
import { explainOutdated } from "../../operations/explain-outdated.ts";
import { type Upgraded, upgradeProject } from "../../operations/upgrade/upgrade-project.ts";
import { type ScopeOptions, upgradeScope } from "../../operations/upgrade/upgrade-scope.ts";
import { openInputs } from "../../settings/inputs.ts";
import { renderBounds } from "../ui/render-bounds.ts";
import { lockChanges } from "../../operations/lock-changes.ts";
import { renderLockChanges } from "../ui/render-lock-changes.ts";
import { renderBehind } from "../ui/render-outdated.ts";
import type { CommandContext } from "./command.ts";

export type UpgradeOptions = ProjectChangeOptions & ScopeOptions & { readonly dryRun?: true };

/**
 * `posy upgrade`: newer versions into the locks, and their lower bounds into `pyproject.toml`; with `--latest` bounds that stand in
 * the way are replaced. What can't be resolved leaves everything as it was.
 */
export async function upgradeCommand(
  names: readonly string[],
  { dryRun, latest, env, group, extra, dev, ...options }: UpgradeOptions,
  context: CommandContext,
): Promise<number> {
  if (!dryRun) refuseChoices(options);
  const { project } = await requireProject(options, openInputs(context.environment, context.cwd));
  const scope = {
    ...(latest && { latest }),
    ...(env && { env }),
    ...(group && { group }),
    ...(extra && { extra }),
    ...(dev && { dev }),
  };
  const locks = await currentLocks(project, options, context);
  const job = upgradeScope(project, locks, names, scope);
  const upgraded = await upgradeProject(job, options, context);
  const meant = new Set<string>([...job.names, ...job.lines.map(({ requirement }) => requirement.name)]);
  const explains = latest === true || names.length > 0;
  const behind = explains ? await explainOutdated(upgraded, meant, options, context) : [];
  if (!dryRun) await writeChange(upgraded);
  context.console.reporter.finish();
  tellLeft(upgraded.left, context);
  if (options.json) context.console.print(jsonOf(upgraded, behind));
  else tellUpgrade(upgraded, behind, dryRun === true, context);
  if (behind.length > 0 && !latest && !options.json && isBound(behind)) {
    context.console.tell("`--latest` replaces bounds that stand in the way\n");
  }
  return 0;
}

function tellUpgrade(
  { path, lines, locks }: Upgraded,
  behind: readonly Outdated[],
  dry: boolean,
  { console, cwd }: CommandContext,
): void {
  const shown = (file: string) => relative(cwd, file) || file;
  // What would be done is what a dry run is for.
  const print = (text: string) => (dry ? console.print(text) : console.printDone(text));
  print(renderBounds(shown(path), lines, dry));
  for (const { job, outcome } of locks) {
    print(renderLockChanges(shown(job.path), outcome, lockChanges(outcome), dry));
  }
  print(renderBehind(behind));
}

function jsonOf({ path, lines, locks }: Upgraded, behind: readonly Outdated[]): string {
  const told = {
    path,
    requirements: lines.map(({ place, line, text, after }) => ({ place, line, before: text, after })),
    locks: locks.map(({ env, job, outcome }) => ({
      env,
      path: job.path,
      changed: !outcome.unchanged,
      changes: lockChanges(outcome),
    })),
    behind,
  };
  return `${JSON.stringify(told, undefined, 2)}\n`;
}

function tellLeft(lists: Upgraded["left"], { console }: CommandContext): void {
  for (const { place, reason } of lists) {
    const noun =
      place.kind === "dependencies" ? "`dependencies` stay" : `the ${place.kind} \`${place.name}\` stays`;
    console.warn(`${noun} as it is: no environment has it, and beside the default one ${reason}`);
  }
}

function isBound(rows: readonly Outdated[]): boolean {
  return rows.some(({ targets }) =>
    targets.some(({ heldBack }) => heldBack.some(({ kind }) => kind === "written")),
  );
}
