import { relative } from "node:path";
import type { Blueprint } from "../../model/blueprint.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { parsePackageName } from "../../vocab/requirement/name.ts";
import { type Locked, lockProject, writeLock } from "../../operations/lock-project.ts";
import { refuseChoices } from "../../operations/refuse-choices.ts";
import { requireProject } from "../../operations/require-project.ts";
import { settingsOfProject } from "../../operations/project-settings.ts";
import { recordCacheInputs } from "../warm-start/cache-inputs.ts";
import { type FoundLock, readLockMemo, writeLockMemo } from "../warm-start/lock-entry.ts";
import { lockMemoPlace } from "../warm-start/entry-path.ts";
import { fingerprintOrNone } from "../../system/fs/fingerprint.ts";
import { openHome } from "../../system/fs/home.ts";
import { openInputs } from "../../settings/inputs.ts";
import type { Settings } from "../../settings/read-settings.ts";
import { lockChanges } from "../../operations/lock-changes.ts";
import { renderLockChanges } from "../ui/render-lock-changes.ts";
import { openPosyFor } from "../../settings/open-posy-for.ts";
import type { CommandContext } from "./command.ts";
import type { BuildOptions, IndexOptions, PythonOptions } from "../../settings/options.ts";

export type LockCommandOptions = PythonOptions &
  BuildOptions &
  IndexOptions & {
    readonly env?: readonly string[];
    readonly upgrade?: true;
    readonly upgradePackage?: readonly string[];
    readonly check?: true;
    readonly json?: true;
  };

/** `posy lock`: a lock file for each environment of the project, for all of its platforms. What was found is remembered under `typed`. */
export async function lockCommand(
  options: LockCommandOptions,
  typed: readonly string[],
  { console, environment, cwd }: CommandContext,
): Promise<number> {
  refuseChoices(options);
  // Before anything is read: what changes meanwhile must not be taken for what was seen.
  const memo = lockMemoPlace(typed, openHome(environment), environment);
  const { env: wanted, ...others } = options;
  const inputs = openInputs(environment, cwd);
  const { project } = await requireProject(others, inputs);
  const envs = wanted ?? [...project.envs.keys()];
  const told: unknown[] = [];
  const found: FoundLock[] = [];
  const warnings: string[] = [];
  for (const env of envs) {
    const settings = await settingsOfProject(project, { ...others, env }, inputs);
    settings.warnings.forEach((warning) => console.warn(warning));
    warnings.push(...settings.warnings);
    const { lockPath, locked, own } = settings;
    const reporter = recordCacheInputs(console.reporter);
    const packages = options.upgradePackage?.map(parsePackageName);
    const upgrade = options.upgrade ?? (packages === undefined ? false : new Set(packages));
    const narrowed = settings.deviation !== undefined;
    const job = { brief: locked, own, narrowed, path: lockPath, folder: project.folder, upgrade };
    const was = fingerprintOrNone(lockPath);
    const posy = await openPosyFor(settings, { console: { ...console, reporter }, environment, cwd });
    // Closed before anything is made of the answer: what could not be kept is told while it closes.
    let outcome: Locked;
    try {
      outcome = await lockProject(job, posy);
    } finally {
      await posy.close();
    }
    const shown = relative(cwd, lockPath) || lockPath;
    if (options.check && !outcome.unchanged) {
      throw new PosyError("lock-mismatch", `\`${shown}\` is not what \`pyproject.toml\` asks for`, {
        hint: "`posy lock` brings it up to date",
      });
    }
    await writeLock(job, outcome);
    const changes = lockChanges(outcome);
    told.push({ env, path: lockPath, changed: !outcome.unchanged, changes });
    const settled = outcome.unchanged ? was : fingerprintOrNone(lockPath);
    const isAnew = outcome.was.text === undefined && isOfIndexes(outcome.blueprint, settings);
    const ground = isAnew ? reporter.cacheInputs() : undefined;
    found.push({ path: lockPath, settled, answer: ground && { ...ground, changes, text: outcome.text } });
    if (!options.json) {
      console.reporter.finish();
      console.printDone(renderLockChanges(shown, outcome, changes));
    }
  }
  console.reporter.finish();
  if (memo) await writeLockMemo(memo, { inputs: inputs.seen, warnings }, found, readLockMemo(memo));
  if (options.json) console.print(`${JSON.stringify(told, undefined, 2)}\n`);
  return 0;
}

/** Whether the answer is the indexes' alone: what is elsewhere only its place can tell, and a span of time ends at another moment each time. */
function isOfIndexes({ targets }: Blueprint, { index }: Settings): boolean {
  const pins = targets.flatMap(({ packages }) => packages);
  const { excludeNewer, excludeNewerPackages } = index;
  const cut = excludeNewer !== undefined || (excludeNewerPackages?.size ?? 0) > 0;
  return !cut && pins.every(({ artifact }) => artifact.direct !== true);
}
