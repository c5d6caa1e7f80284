import { PosyError } from "../errors/posy-error.ts";
import { asPosyError, failureAt } from "../system/fs/index.ts";
import { chooseWheel } from "./wheels/index.ts";
import { envKey } from "./envs/index.ts";
import type { EnvForest } from "./env-forest.ts";
import { cleanForest, cleanWheels, sizeOfForest, wheelsOf } from "./forest-contents.ts";
import type { ForestContext } from "./forest-context.ts";
import { findEnv } from "./find-env.ts";
import { growEnv } from "./grow-env.ts";
import { storeTarget, storeWheels } from "./stored-target.ts";
import { envsOn, installInterpreter, removeInterpreter } from "./interpreters/index.ts";

/** Opens the store of a home. Touches no file before the first call. */
export function openForest(options: ForestContext): EnvForest {
  const { home } = options;
  return {
    find: (key) => findEnv(key, options),
    interpreter: (python, installOptions) => installInterpreter(python, options, installOptions),
    envsOn: (identity) => envsOn(identity, home),
    removeInterpreter: (identity) => removeInterpreter(identity, home),
    async grow(target, builder = options.builder) {
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
        if (options.verification === undefined) {
          const existing = await findEnv(key, options, chosen);
          if (existing !== undefined) return existing;
        }
        return await growEnv({ target, pins, chosen, key }, options);
      } catch (error) {
        throw asPosyError(failureAt(error, home.data), "growing the environment");
      }
    },
    async store(target) {
      try {
        return await storeTarget(target, options, options.builder);
      } catch (error) {
        throw asPosyError(failureAt(error, home.data), "storing what the application consists of");
      }
    },
    async storeWheels(target) {
      try {
        return await storeWheels(target, options, options.builder);
      } catch (error) {
        throw asPosyError(failureAt(error, home.data), "storing the packages");
      }
    },
    async verify(verifyOptions = {}) {
      const { verifyForest } = await import("./verify-store.ts");
      return verifyForest(verifyOptions, options);
    },
    size: () => sizeOfForest(home),
    clean: (buckets) => cleanForest(home, buckets),
    wheelsOf: (names) => wheelsOf(names, home),
    cleanWheels: (sha256s) => cleanWheels(sha256s, home),
  };
}
