import type { Posy } from "../../posy.ts";
import { OnceMap } from "../../async/index.ts";
import { interpreterIdentity } from "../../forest/envs/index.ts";
import { recordPython } from "../../forest/roots/index.ts";
import type { Interpreter } from "../../model/index.ts";
import { storedNames } from "../../pythons/discover/index.ts";
import { storesOf } from "../../system/fs/index.ts";

/** An interpreter that is in the store now. */
export interface InstalledPython {
  /** The request as typed; missing for the default. */
  readonly request?: string;
  readonly state: "installed" | "reinstalled" | "present";
  readonly interpreter: Interpreter;
  readonly root: string;
  readonly executable: string;
}

/** A request whose interpreter could not be installed. */
export interface FailedPython {
  readonly request?: string;
  readonly state: "failed";
  readonly error: unknown;
}

/** A request, and the function that finds its interpreter. */
export interface PythonToStore {
  readonly request?: string;
  readonly find: () => Promise<Interpreter>;
}

/**
 * Finds, fetches and unpacks interpreters concurrently. A failure does not stop the others. With `again`, those that
 * are in the store are unpacked again. All of them are recorded as asked for, so that `pruneStore` keeps them. The
 * results have the order of `pythons`.
 */
export async function storePythons(
  pythons: readonly PythonToStore[],
  posy: Posy,
  { again = false }: { readonly again?: boolean } = {},
): Promise<readonly (InstalledPython | FailedPython)[]> {
  // An interpreter of a shared store is present, too. It is installed again into the user's own store.
  const stores = again ? [posy.home] : storesOf(posy.home);
  const names = await Promise.all(stores.map((store) => storedNames(store.pythons)));
  const before = new Set(names.flat());
  // Two requests may lead to the same interpreter.
  const installing = new OnceMap<string, Awaited<ReturnType<Posy["forest"]["interpreter"]>>>();
  const install = async ({ request, find }: PythonToStore): Promise<InstalledPython> => {
    const interpreter = await find();
    const identity = interpreterIdentity(interpreter);
    const stored = await installing.getOrStart(identity, () =>
      posy.forest.interpreter(interpreter, { again }),
    );
    await recordPython(identity, posy.home);
    const state = !before.has(identity) ? "installed" : again ? "reinstalled" : "present";
    return { ...(request === undefined ? {} : { request }), state, interpreter, ...stored };
  };
  return Promise.all(
    pythons.map((python) =>
      install(python).catch(
        (error: unknown): FailedPython => ({
          ...(python.request === undefined ? {} : { request: python.request }),
          state: "failed",
          error,
        }),
      ),
    ),
  );
}
