import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { BlueprintTarget, Interpreter } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import type { Reporter } from "../report/reporter.ts";
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
import { type Env, envAt, envKey, writeEnv } from "./envs/index.ts";
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
  /** Without it, only wheels can be had. */
  readonly builder?: WheelBuilder;
  /** Threads that unpack; by default one for each core. 0: none. */
  readonly unpackThreads?: number;
}

/** Opens the store of a home. Nothing is touched until something is asked. */
export function openForest(options: ForestOptions): EnvForest {
  const { home, db, reporter } = options;

  const find = async (key: string): Promise<Env | undefined> => {
    const env = envAt(home.envs, key);
    if (env === undefined) return undefined;
    // The link to the interpreter is followed: an Env without one is none.
    return stat(env.python).then(
      () => env,
      () => undefined,
    );
  };

  /** Every wheel in the store, those that it does not have (none in `found`) planted side by side. */
  const plantAll = async (
    chosen: readonly ChosenWheel[],
    found: readonly (StoredWheel | undefined)[],
  ): Promise<readonly StoredWheel[]> => {
    if (found.every((wheel) => wheel !== undefined)) return found as StoredWheel[];
    await Promise.all([sweepTmp(home, "dataTmp"), sweepTmp(home, "cacheTmp")]);
    reporter.report({ kind: "stage", stage: "unpack", state: "start" });
    const pool = openUnpackPool(options.unpackThreads);
    const builds = new Set<Promise<void>>();
    try {
      return await Promise.all(
        chosen.map(async (wheel, index) => found[index] ?? installWheel(wheel, { pool, builds }, options)),
      );
    } finally {
      await pool.close();
      // After a failure others may be half-way: they end at once, and take away what they began.
      await Promise.allSettled(builds);
      reporter.report({ kind: "stage", stage: "unpack", state: "end" });
    }
  };

  const compose = async (
    key: string,
    python: Interpreter,
    executable: string,
    wheels: readonly StoredWheel[],
  ): Promise<void> => {
    reporter.report({ kind: "stage", stage: "compose", state: "start" });
    const prefix = join(home.envs, key);
    const warn = (message: string) => reporter.report({ kind: "warning", message, key: message });
    for (const wheel of wheels) await checkWheel(wheel, db, warn);
    await buildBeside(
      prefix,
      home.dataTmp,
      (dir) =>
        writeEnv({ python, executable, wheels, prefix, warn, windows: process.platform === "win32" }, dir),
      // What is there without an interpreter is a ruin.
      async () => (await find(key)) !== undefined,
    );
    reporter.report({ kind: "stage", stage: "compose", state: "end" });
  };

  return {
    find,
    interpreter: (python, how) => installInterpreter(python, options, how),
    envsOn: (identity) => envsOn(identity, home),
    removeInterpreter: (identity) => removeInterpreter(identity, home),
    async grow(target: BlueprintTarget, builder = options.builder) {
      const { python } = target;
      // Only since 3.3 does a Python look for the `pyvenv.cfg` that makes an Env of a folder (PEP 405).
      if (/^([012]\.|3\.[0-2](\.|$))/.test(python.version)) {
        throw new PosyError(
          "no-interpreter",
          `Python ${python.version} can't have an environment: that came with 3.3`,
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
        const there = await find(key);
        // Somebody may have removed wheels by hand: its links would lead nowhere.
        const stored = chosen.map((wheel) => storedWheel(wheel, home));
        if (there !== undefined && stored.every((wheel) => wheel !== undefined)) return there;
        const [{ executable }, wheels] = await Promise.all([
          installInterpreter(python, options),
          plantAll(chosen, stored),
        ]);
        await compose(key, python, executable, wheels);
        return envAt(home.envs, key) as Env;
      } catch (error) {
        throw asPosyError(error, "growing the environment");
      }
    },
    size: () => sizeOfForest(home),
    clean: (which) => cleanForest(home, which),
  };
}
