/**
 * EnvForest: the store of interpreters, wheels and Envs, content-addressed and shared.
 *
 * wheels/ unpacks a wheel once and keeps a plan of its links, interpreters/ does so for pybis, envs/ makes an Env out
 * of links. launchers/ has the programs that start scripts on Windows. roots/ knows what is in use, and removes the
 * rest. open-forest.ts puts it together. It needs builds only through the interface `WheelBuilder`, which builder/
 * implements. Start reading at open-forest.ts, then envs/plan/plan-env.ts.
 */
export type { EnvForest } from "./env-forest.ts";
export type { StoredTarget } from "./stored-target.ts";
export type { DamagedEntry } from "./verify-store.ts";
export type { CleanedForest, ForestBucket } from "./forest-contents.ts";
export { syncEnv } from "./sync-env.ts";
export type { EntriesInUse } from "./roots/index.ts";
