import type { EnvForest } from "./env-forest.ts";

/** Returns a forest that is opened on first use, so that commands which only resolve never load its code. */
export function lazyForest(open: () => Promise<EnvForest>): EnvForest {
  let opened: Promise<EnvForest> | undefined;
  const forest = () => (opened ??= open());
  return {
    grow: async (...args) => (await forest()).grow(...args),
    store: async (...args) => (await forest()).store(...args),
    storeWheels: async (...args) => (await forest()).storeWheels(...args),
    find: async (...args) => (await forest()).find(...args),
    interpreter: async (...args) => (await forest()).interpreter(...args),
    envsOn: async (...args) => (await forest()).envsOn(...args),
    removeInterpreter: async (...args) => (await forest()).removeInterpreter(...args),
    verify: async (...args) => (await forest()).verify(...args),
    size: async (...args) => (await forest()).size(...args),
    clean: async (...args) => (await forest()).clean(...args),
    wheelsOf: async (...args) => (await forest()).wheelsOf(...args),
    cleanWheels: async (...args) => (await forest()).cleanWheels(...args),
  };
}
