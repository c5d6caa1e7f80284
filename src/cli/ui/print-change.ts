import { lockReports, type ProjectChange, shownPath } from "../../operations/locking/project-change.ts";
import type { CommandContext } from "../commands/command.ts";
import { renderLockChanges } from "./render-lock-changes.ts";

/** Prints what an operation changed in the locks of a project. */
export function printChange(change: ProjectChange, json: boolean, { console, cwd }: CommandContext): void {
  console.reporter.finish();
  const reports = lockReports(change);
  if (json) {
    const data = reports.map(({ path, changes }) => ({ path, changes }));
    console.print(`${JSON.stringify(data, undefined, 2)}\n`);
    return;
  }
  if (!change.writesLocks && change.text !== change.textOnDisk) {
    console.printDone(`changed ${shownPath(change.path, cwd)}\n`);
  }
  for (const report of reports) {
    console.printDone(renderLockChanges(shownPath(report.path, cwd), report, report.changes));
  }
}
