import type { IndexOptions, OperationContext } from "../../settings/index.ts";
import { createProjectEnv } from "../create-env.ts";
import { lock } from "../lock.ts";
import type { LockChange } from "../locking/lock-changes.ts";
import { openProject } from "../session/project-session.ts";
import { programsOf } from "./install-tool.ts";
import { namedTools } from "./named-tools.ts";
import { refuseForeignPrograms, removeLaunchers, writeLaunchers } from "./tool-launchers.ts";
import { writeReceipt } from "./tool-receipt.ts";

/** A tool after `upgradeTools`. */
export interface UpgradedTool {
  readonly name: string;
  /** The packages whose versions changed. Empty if the tool was up to date. */
  readonly changes: readonly LockChange[];
}

/**
 * Upgrades tools, by default all of them, to the newest versions that their requirements allow. A program in use goes
 * on with the old version. Throws `not-found` for a tool that is not installed, and what resolving throws; then that
 * tool stays as it is.
 */
export async function upgradeTools(
  names: readonly string[],
  options: IndexOptions,
  context: OperationContext,
): Promise<readonly UpgradedTool[]> {
  const upgraded: UpgradedTool[] = [];
  for (const { name, folder, receipt } of await namedTools(names, context)) {
    await using session = await openProject(options, { ...context, projectFolder: folder });
    const [locked] = await lock(session, { upgrade: true });
    const { env } = await createProjectEnv(session);
    const programs = await programsOf(name, receipt.withExecutablesFrom, env);
    const added = programs.filter((program) => !receipt.programs.includes(program));
    await refuseForeignPrograms(added, receipt.bin, folder);
    const dropped = receipt.programs.filter((program) => !programs.includes(program));
    await removeLaunchers(dropped, receipt.bin, folder);
    await writeLaunchers(programs, receipt.bin, folder);
    await writeReceipt(folder, { ...receipt, programs });
    upgraded.push({ name, changes: locked?.changes ?? [] });
  }
  return upgraded;
}
