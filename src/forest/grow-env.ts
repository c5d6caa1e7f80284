import { basename } from "node:path";
import type { BlueprintTarget, Interpreter, PackagePin } from "../model/index.ts";
import { timed } from "../report/timings.ts";
import { formatList, quote } from "../text/index.ts";
import { buildBeside, type Home, sharedStoreOf } from "../system/fs/index.ts";
import {
  checkWheel,
  type ChosenWheel,
  discardArchive,
  type StoredWheel,
  storedWheel,
} from "./wheels/index.ts";
import {
  addedEntries,
  describeDiskLinks,
  diskLinks,
  type Env,
  envAt,
  type EnvContents,
  envState,
  finishSeal,
  formatEnvRecord,
  readEnvRecord,
  recordName,
  requireSymbolicLinks,
  settleOrRememberEnv,
  stateOfEnv,
  verifyEnv,
  writeEnv,
} from "./envs/index.ts";
import type { Damage } from "./damage/index.ts";
import { describeDamage } from "./damage/index.ts";
import { loadLaunchers } from "./launchers/index.ts";
import { installInterpreter, type StoredInterpreter } from "./interpreters/index.ts";
import { type ExistingEnv, existingEnvs, interpreterFolderOf, isUsable, wheelFolderOf } from "./find-env.ts";
import type { ForestContext } from "./forest-context.ts";
import { usableWheels } from "./usable-wheels.ts";

/** What is to be grown. */
export interface GrowJob {
  readonly target: BlueprintTarget;
  readonly pins: readonly PackagePin[];
  readonly chosen: readonly ChosenWheel[];
  readonly key: string;
}

/**
 * Makes an Env, or verifies the one that exists. Another Posy may clean the store meanwhile and remove a wheel that was
 * there before. So the wheels are looked up again when the Env is in place, and if one is missing, everything starts
 * again.
 */
export async function growEnv(job: GrowJob, context: ForestContext, attempts = 3): Promise<Env> {
  const isStored = (wheel: ChosenWheel) => storedWheel(wheel, context.home) !== undefined;
  const before = job.chosen.filter(isStored);
  try {
    const env = await growOnce(job, context);
    if (attempts === 1 || job.chosen.every(isStored)) return env;
  } catch (error) {
    if (attempts === 1 || before.every(isStored)) throw error;
  }
  return growEnv(job, context, attempts - 1);
}

/**
 * Makes an Env, or verifies the one that exists. Entries of the store that it uses are verified first: completely if a
 * power cut may have damaged them, else as `context.verification` says, and wheels at least by sizes and times. What is
 * damaged is made again. If the Env of a shared store is damaged, the user's own store gets one.
 */
async function growOnce(job: GrowJob, context: ForestContext): Promise<Env> {
  const { target, chosen, key } = job;
  const { home, verification } = context;
  const env = envAt(home.envs, key) as Env;
  const existing = await existingEnvs(key, home);
  const [interpreter, wheels] = await Promise.all([
    installInterpreter(target.python, context, {
      verification,
      preferred: existing.flatMap((each) => interpreterFolderOf(each, target.python, home) ?? []),
    }),
    usableWheels(chosen, existing, context),
  ]);
  let damages: readonly Damage[] | undefined;
  for (const each of existing) {
    const { prefix } = each.env;
    const contents = await contentsOf(job, interpreter, wheels, prefix, context);
    const state = stateOfEnv(prefix, home);
    const full = verification === "full" || state === "unverified";
    const found = state === "changed" ? undefined : damageOfEnv(each, contents, full);
    if (found?.length === 0) {
      if (state === "unverified") settleOrRememberEnv(prefix, home);
      return each.env;
    }
    // An Env that has an entry from another store than the usable one is made again, and nobody changed it.
    if (!usesEntries(each, target.python, interpreter, wheels, home)) damages = [];
    else if (sharedStoreOf(prefix, home) !== undefined) warnOfShared(each, found ?? [], context);
    // A power cut is nobody's fault, and after a wheel was unpacked again, a warning about that was shown.
    else damages = state === "unverified" ? [] : found;
  }
  const full = verification === "full" || stateOfEnv(env.prefix, home) === "unverified";
  const contents = await contentsOf(job, interpreter, wheels, env.prefix, context);
  await timed(context.reporter, "write environment", undefined, () =>
    createEnv(env, contents, damages, full, wheels, context),
  );
  // Only now, because a wheel with other metadata than its index claims is read again by the next attempt.
  for (const wheel of wheels) await discardArchive(wheel, context.db);
  return env;
}

/** Whether an Env links to these wheels and this interpreter, and not to those of another store. */
function usesEntries(
  existing: ExistingEnv,
  python: Interpreter,
  { root }: StoredInterpreter,
  wheels: readonly StoredWheel[],
  home: Home,
): boolean {
  const folder = interpreterFolderOf(existing, python, home);
  return (
    (folder === undefined || folder === root) &&
    wheels.every((wheel) => wheelFolderOf(existing, wheel, home) === wheel.dir)
  );
}

function warnOfShared(
  { env: { key, prefix } }: ExistingEnv,
  damages: readonly Damage[],
  { home, reporter }: ForestContext,
): void {
  const store = sharedStoreOf(prefix, home)?.data ?? "";
  const what = damages.length === 0 ? "changed" : `damaged (${describeDamage(damages)})`;
  const message = `the environment \`${key}\` in the shared store \`${store}\` is ${what}: your own store gets it`;
  const hint = "tell its owner: `posy cache verify --repair` makes it again";
  reporter.report({ kind: "warning", key: `damaged ${prefix}`, message, hint });
}

/** Returns what is wrong with an Env that exists. */
function damageOfEnv({ record }: ExistingEnv, contents: EnvContents, full: boolean): readonly Damage[] {
  if (record === undefined) return [{ path: recordName, kind: "changed" }];
  // The same packages may have been resolved from another index, or for other reasons.
  return verifyEnv({ ...contents, record: record.text, warn: () => {} }, full);
}

async function contentsOf(
  { target }: Pick<GrowJob, "target">,
  { root, executable }: StoredInterpreter,
  wheels: readonly StoredWheel[],
  prefix: string,
  { home, reporter }: ForestContext,
): Promise<EnvContents> {
  const { python } = target;
  const hashes = wheels.map(({ pin, sha256 }) => [pin.name, sha256] as const);
  const folders = [...wheels.map(({ dir }) => dir), root];
  const shared = folders.filter((path) => sharedStoreOf(path, home) !== undefined);
  return {
    python,
    executable,
    wheels,
    prefix,
    warn: (message) => reporter.report({ kind: "warning", message, key: message }),
    record: formatEnvRecord({
      target,
      wheels: Object.fromEntries(hashes),
      shared: Object.fromEntries(shared.map((path) => [basename(path), path])),
    }),
    links: diskLinks(home.dataTmp),
    readOnlyStores: home.shared.map(({ data }) => data),
    launchers: await launchersFor(python),
  };
}

/** Returns the programs that start scripts. Only Windows needs them. */
export async function launchersFor({ platform }: Interpreter) {
  return process.platform === "win32" ? loadLaunchers(platform) : undefined;
}

/** Writes an Env. An existing folder is replaced if its interpreter is gone or if it is damaged. */
async function createEnv(
  env: Env,
  contents: EnvContents,
  damages: readonly Damage[] | undefined,
  full: boolean,
  wheels: readonly StoredWheel[],
  { home, db, reporter }: ForestContext,
): Promise<void> {
  const { prefix } = env;
  requireSymbolicLinks(home);
  reporter.report({ kind: "stage", stage: "compose", state: "start" });
  try {
    for (const wheel of wheels) await checkWheel(wheel, db, contents.warn);
    await buildBeside(
      prefix,
      home.dataTmp,
      (dir) => {
        reporter.report({ kind: "debug", message: describeDiskLinks(contents.links) });
        writeEnv(contents, dir);
        warnOfChange(prefix, dir, damages, { reporter });
      },
      // Another process may have made it meanwhile.
      async () =>
        (await isUsable(env, home)) &&
        damageOfEnv({ env, record: await readEnvRecord(prefix) }, contents, full).length === 0,
    );
    finishSeal(prefix);
  } finally {
    reporter.report({ kind: "stage", stage: "compose", state: "end" });
  }
}

/** Warns that another program has changed the Env `prefix`, which is replaced by the new one in `fresh`. */
function warnOfChange(
  prefix: string,
  fresh: string,
  damages: readonly Damage[] | undefined,
  { reporter }: Pick<ForestContext, "reporter">,
): void {
  const isChanged = envState(prefix) === "changed";
  if (!isChanged && (damages ?? []).length === 0) return;
  const added = addedEntries(prefix, fresh);
  const shown = added.slice(0, 3).map(quote);
  const names = formatList(added.length > 3 ? [...shown, `${added.length - 3} more`] : shown);
  const which = damages === undefined || damages.length === 0 ? "" : ` (${describeDamage(damages)})`;
  reporter.report({
    kind: "warning",
    key: `changed ${prefix}`,
    message:
      added.length === 0
        ? `another program changed the environment \`${prefix}\`${which}, which projects share: it was made again`
        : `another program added ${names} to the environment \`${prefix}\`, which projects share: it was made again without`,
    hint: "`posy add` adds packages to a project, `--with` to a single run",
  });
}
