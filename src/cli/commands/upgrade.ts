import type { Outdated } from "../../operations/outdated/outdated-packages.ts";
import { lockReports, shownPath } from "../../operations/locking/project-change.ts";
import { openProject, type SessionOptions } from "../../operations/session/project-session.ts";
import { type Upgrade, upgrade, type UpgradeOptions } from "../../operations/upgrade.ts";
import { renderBounds } from "../ui/render-bounds.ts";
import { renderLockChanges } from "../ui/render-lock-changes.ts";
import { renderBehind } from "../ui/render-outdated.ts";
import type { CommandContext } from "./command.ts";

export type UpgradeCommandOptions = Omit<SessionOptions, "group" | "extra"> &
  UpgradeOptions & { readonly json?: true };

/** `posy upgrade`. */
export async function upgradeCommand(
  names: readonly string[],
  { dryRun, latest, env, group, extra, dev, json, ...options }: UpgradeCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { console } = context;
  await using project = await openProject(options, context);
  const upgraded = await upgrade(project, names, {
    ...(dryRun && { dryRun }),
    ...(latest && { latest }),
    ...(env && { env }),
    group,
    extra,
    dev,
  });
  const { behind, left } = upgraded;
  console.reporter.finish();
  warnOfUnchangedLists(left, context);
  if (json) console.print(jsonOf(upgraded));
  else printUpgrade(upgraded, dryRun === true, context);
  if (behind.length > 0 && !latest && !json && isBound(behind)) {
    console.tell("`--latest` replaces the bounds that hold packages back\n");
  }
  return 0;
}

function printUpgrade(upgraded: Upgrade, isDryRun: boolean, { console, cwd }: CommandContext): void {
  const { path, lines, behind } = upgraded;
  // A dry run exists to show this, so `--quiet` does not hide it.
  const print = (text: string) => (isDryRun ? console.print(text) : console.printDone(text));
  print(renderBounds(shownPath(path, cwd), lines, isDryRun));
  for (const report of lockReports(upgraded)) {
    print(renderLockChanges(shownPath(report.path, cwd), report, report.changes, isDryRun));
  }
  print(renderBehind(behind));
}

function jsonOf(upgraded: Upgrade): string {
  const { path, lines, behind } = upgraded;
  const data = {
    path,
    requirements: lines.map(({ list, line, text, after }) => ({ place: list, line, before: text, after })),
    locks: lockReports(upgraded).map((report) => ({
      env: report.env,
      path: report.path,
      changed: !report.unchanged,
      changes: report.changes,
    })),
    behind,
  };
  return `${JSON.stringify(data, undefined, 2)}\n`;
}

function warnOfUnchangedLists(lists: Upgrade["left"], { console }: CommandContext): void {
  for (const { list, reason } of lists) {
    const noun =
      list.kind === "dependencies" ? "`dependencies` stay" : `the ${list.kind} \`${list.name}\` stays`;
    console.warn(`${noun} as it is: no environment has it, and together with the default one ${reason}`);
  }
}

function isBound(rows: readonly Outdated[]): boolean {
  return rows.some(({ targets }) =>
    targets.some(({ heldBack }) => heldBack.some(({ kind }) => kind === "written")),
  );
}
