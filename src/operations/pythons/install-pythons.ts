import type { Posy } from "../../posy.ts";
import { interpreterIdentity } from "../../forest/envs/index.ts";
import type { Interpreter } from "../../model/index.ts";
import { storedNames } from "../../pythons/discover/index.ts";

/** An interpreter that is in the forest now. */
export interface InstalledPython {
  /** As it was asked for; missing for the default. */
  readonly request?: string;
  readonly state: "installed" | "reinstalled" | "present";
  readonly interpreter: Interpreter;
  readonly root: string;
  readonly executable: string;
}

/** A request that nothing came of. */
export interface FailedPython {
  readonly request?: string;
  readonly state: "failed";
  readonly error: unknown;
}

/** One request, and how its interpreter is found. */
export interface PythonWish {
  readonly request?: string;
  readonly find: () => Promise<Interpreter>;
}

/** Finds, fetches and unpacks side by side. One that fails keeps none of the others back. */
export async function plantPythons(
  wishes: readonly PythonWish[],
  posy: Posy,
  { again = false }: { readonly again?: boolean } = {},
): Promise<readonly (InstalledPython | FailedPython)[]> {
  const before = new Set(await storedNames(posy.home.pythons));
  // Two requests may mean the same one.
  const planting = new Map<string, ReturnType<Posy["forest"]["interpreter"]>>();
  const plant = async ({ request, find }: PythonWish): Promise<InstalledPython> => {
    const interpreter = await find();
    const identity = interpreterIdentity(interpreter);
    const stored = planting.get(identity) ?? posy.forest.interpreter(interpreter, { again });
    planting.set(identity, stored);
    const state = !before.has(identity) ? "installed" : again ? "reinstalled" : "present";
    return { ...(request === undefined ? {} : { request }), state, interpreter, ...(await stored) };
  };
  return Promise.all(
    wishes.map((wish) =>
      plant(wish).catch(
        (error: unknown): FailedPython => ({
          ...(wish.request === undefined ? {} : { request: wish.request }),
          state: "failed",
          error,
        }),
      ),
    ),
  );
}
