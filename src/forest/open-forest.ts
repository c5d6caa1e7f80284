import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { BlueprintTarget } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import type { Reporter } from "../report/reporter.ts";
import { formatList, quote } from "../text/index.ts";
import { asPosyError, buildBeside, sweepTmp } from "../system/fs/index.ts";
import {
  checkWheel,
  chooseWheel,
  type ChosenWheel,
  installWheel,
  openUnpackPool,
  type StoredWheel,
  storedWheel,
  type WheelBuilder,
} from "./wheels/index.ts";
import {
  addedEntries,
  describeDiskLinks,
  diskLinks,
  type Env,
  envAt,
  envKey,
  envState,
  finishSeal,
  formatEnvRecord,
  isIntact,
  requireSymbolicLinks,
  writeEnv,
} from "./envs/index.ts";
import { loadLaunchers } from "./launchers/index.ts";
import type { EnvForest } from "./env-forest.ts";
import { cleanForest, sizeOfForest } from "./forest-contents.ts";
import {
  envsOn,
  installInterpreter,
  type InterpreterStoreContext,
  removeInterpreter,
} from "./interpreters/index.ts";

export interface ForestOptions extends InterpreterStoreContext {
  readonly reporter: Reporter;
  /** Without a builder, only pins that name a wheel can be installed. */
  readonly builder?: WheelBuilder;
  /** Number of unpacking threads, by default one per core; 0 unpacks on the main thread. */
  readonly unpackThreads?: number;
}

/** Opens the store of a home. Touches no file before the first call. */
export function openForest(options: ForestOptions): EnvForest {
  const { home, db, reporter } = options;

  const find = async (key: string): Promise<Env | undefined> => {
    const env = envAt(home.envs, key);
    if (env === undefined) return undefined;
    // `stat` follows the link to the interpreter: an Env whose interpreter was removed does not count.
    return stat(env.python).then(
      () => (isIntact(env.prefix) ? env : undefined),
      () => undefined,
    );
  };

  /** Returns all chosen wheels as stored ones; those that the store lacks are installed concurrently. */
  const installMissing = async (
    chosen: readonly ChosenWheel[],
    stored: readonly (StoredWheel | undefined)[],
  ): Promise<readonly StoredWheel[]> => {
    if (stored.every((wheel) => wheel !== undefined)) return stored as StoredWheel[];
    await Promise.all([sweepTmp(home, "dataTmp"), sweepTmp(home, "cacheTmp")]);
    const count = stored.filter((wheel) => wheel === undefined).length;
    reporter.report({ kind: "stage", stage: "unpack", state: "start", count });
    const pool = openUnpackPool(options.unpackThreads);
    const builds = new Set<Promise<void>>();
    try {
      return await Promise.all(
        chosen.map(async (wheel, index) => stored[index] ?? installWheel(wheel, { pool, builds }, options)),
      );
    } finally {
      await pool.close();
      // After a failure, other wheels may be half unpacked: they stop at once and remove their temporary folders.
      await Promise.allSettled(builds);
      reporter.report({ kind: "stage", stage: "unpack", state: "end" });
    }
  };

  const createEnv = async (
    key: string,
    target: BlueprintTarget,
    executable: string,
    wheels: readonly StoredWheel[],
  ): Promise<void> => {
    const { python } = target;
    reporter.report({ kind: "stage", stage: "compose", state: "start" });
    const prefix = join(home.envs, key);
    const warn = (message: string) => reporter.report({ kind: "warning", message, key: message });
    for (const wheel of wheels) await checkWheel(wheel, db, warn);
    const launchers = process.platform === "win32" ? await loadLaunchers(python.platform) : undefined;
    const record = formatEnvRecord({
      target,
      wheels: Object.fromEntries(wheels.map(({ pin, sha256 }) => [pin.name, sha256])),
    });
    await buildBeside(
      prefix,
      home.dataTmp,
      (dir) => {
        const links = diskLinks(home.dataTmp);
        reporter.report({ kind: "debug", message: describeDiskLinks(links) });
        writeEnv({ python, executable, wheels, prefix, warn, record, links, launchers }, dir);
        if (envState(prefix) === "changed") warnOfChange(prefix, dir, reporter);
      },
      // An existing folder whose interpreter is gone or that another program changed is replaced.
      async () => (await find(key)) !== undefined,
    );
    finishSeal(prefix);
    reporter.report({ kind: "stage", stage: "compose", state: "end" });
  };

  return {
    find,
    interpreter: (python, installOptions) => installInterpreter(python, options, installOptions),
    envsOn: (identity) => envsOn(identity, home),
    removeInterpreter: (identity) => removeInterpreter(identity, home),
    async grow(target: BlueprintTarget, builder = options.builder) {
      const { python } = target;
      // An Env needs `pyvenv.cfg`, which Python reads only since 3.3 (PEP 405).
      if (/^([012]\.|3\.[0-2](\.|$))/.test(python.version)) {
        throw new PosyError(
          "no-interpreter",
          `Python ${python.version} can't have an environment: that needs Python 3.3 or newer`,
          {
            hint: "ask for a newer one with `--python`",
          },
        );
      }
      const pins = [...target.packages].sort((a, b) => (a.name < b.name ? -1 : 1));
      try {
        const chosen = await Promise.all(pins.map((pin) => chooseWheel(pin, target, options, builder)));
        const sha256s = chosen.map(({ sha256 }) => sha256);
        const key = envKey(python, pins, sha256s);
        const existing = await find(key);
        // Somebody may have removed wheels by hand: then the links of the existing Env are broken.
        const stored = chosen.map((wheel) => storedWheel(wheel, home));
        if (existing !== undefined && stored.every((wheel) => wheel !== undefined)) return existing;
        requireSymbolicLinks(home);
        const [{ executable }, wheels] = await Promise.all([
          installInterpreter(python, options),
          installMissing(chosen, stored),
        ]);
        await createEnv(key, target, executable, wheels);
        return envAt(home.envs, key) as Env;
      } catch (error) {
        throw asPosyError(error, "growing the environment");
      }
    },
    size: () => sizeOfForest(home),
    clean: (buckets) => cleanForest(home, buckets),
  };
}

/** Warns that another program has changed the Env `prefix`, which is replaced by the new one in `fresh`. */
function warnOfChange(prefix: string, fresh: string, reporter: Reporter): void {
  const added = addedEntries(prefix, fresh);
  const shown = added.slice(0, 3).map(quote);
  const names = formatList(added.length > 3 ? [...shown, `${added.length - 3} more`] : shown);
  reporter.report({
    kind: "warning",
    key: `changed ${prefix}`,
    message:
      added.length === 0
        ? `another program changed the environment \`${prefix}\`, which projects share: it was made again`
        : `another program added ${names} to the environment \`${prefix}\`, which projects share: it was made again without`,
    hint: "`posy add` adds packages to a project, `--with` to a single run",
  });
}
