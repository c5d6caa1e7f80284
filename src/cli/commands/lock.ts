import { type EnvLocked, lock } from "../../operations/lock.ts";
import { shownPath } from "../../operations/locking/project-change.ts";
import { openProject } from "../../operations/session/project-session.ts";
import type { BuildOptions, IndexOptions, PythonOptions } from "../../settings/index.ts";
import { openHome } from "../../system/fs/index.ts";
import { parsePackageName } from "../../vocab/requirement/index.ts";
import { renderLockChanges } from "../ui/render-lock-changes.ts";
import { recordCacheInputs } from "../warm-start/cache-inputs.ts";
import { lockEntryLocation } from "../warm-start/entry-path.ts";
import { isFromIndexes } from "../warm-start/from-indexes.ts";
import { type FoundLock, readLockEntry, writeLockEntry } from "../warm-start/lock-entry.ts";
import type { CommandContext } from "./command.ts";

export type LockCommandOptions = PythonOptions &
  BuildOptions &
  IndexOptions & {
    readonly env?: readonly string[];
    readonly upgrade?: true;
    readonly upgradePackage?: readonly string[];
    readonly check?: true;
    readonly json?: true;
  };

/** `posy lock`. It caches the answer under `typed`, the options as typed, for the next warm start. */
export async function lockCommand(
  options: LockCommandOptions,
  typed: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { console, environment, cwd } = context;
  // Computed before anything is read, so that a file that changes meanwhile makes the entry invalid.
  const entry = lockEntryLocation(typed, openHome(environment), environment);
  const { env: envs, upgrade, upgradePackage, check, json, ...others } = options;
  const reporter = recordCacheInputs(console.reporter);
  const onLocked = ({ path, outcome, changes }: EnvLocked) => {
    if (json) return;
    console.reporter.finish();
    console.printDone(renderLockChanges(shownPath(path, cwd), outcome, changes));
  };
  const lockAll = async () => {
    await using session = await openProject(others, { ...context, reporter });
    const packages = upgradePackage && new Set(upgradePackage.map(parsePackageName));
    const locked = await lock(session, {
      envs,
      upgrade: upgrade ?? packages ?? false,
      check: check === true,
      onLocked,
    });
    return { locked, inputs: session.inputs.seen };
  };
  // The project is closed before the entry is written: what could not be cached is reported while it closes.
  const { locked, inputs } = await lockAll();
  console.reporter.finish();
  const recorded = reporter.cacheInputs();
  const found = locked.map(({ path, outcome, changes, settings, fingerprints }): FoundLock => {
    const isNew = outcome.previous.text === undefined && isFromIndexes(outcome.blueprint, settings.index);
    const answer = isNew && recorded ? { ...recorded, changes, text: outcome.text } : undefined;
    return { path, settled: fingerprints.after, answer };
  });
  const warnings = [...new Set(locked.flatMap(({ settings }) => settings.warnings))];
  if (entry) await writeLockEntry(entry, { inputs, warnings }, found, readLockEntry(entry));
  if (json) {
    const data = locked.map(({ env, path, outcome, changes }) => ({
      env,
      path,
      changed: !outcome.unchanged,
      changes,
    }));
    console.print(`${JSON.stringify(data, undefined, 2)}\n`);
  }
  return 0;
}
