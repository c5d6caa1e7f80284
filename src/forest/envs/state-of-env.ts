import { join } from "node:path";
import { type Home, isRemembered, remember, sharedStoreOf } from "../../system/fs/index.ts";
import { envState, type EnvState, readSealedState, sealName, settleEnv } from "./seal.ts";

/** Returns the state of an Env. One of another user that was verified before, and cannot be settled, is intact. */
export function stateOfEnv(prefix: string, home: Pick<Home, "verified">): EnvState {
  return readSealedState(prefix, () => isRemembered(join(prefix, sealName), home)).state;
}

/** Settles an Env that is right, or remembers it if it belongs to another user. Nothing in a shared store changes. */
export function settleOrRememberEnv(prefix: string, home: Pick<Home, "verified" | "shared">): void {
  if (sharedStoreOf(prefix, home) === undefined) settleEnv(prefix);
  if (envState(prefix) === "unverified") remember(join(prefix, sealName), home);
}
