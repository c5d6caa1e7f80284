/**
 * Roots: what the store must keep, because a project, a tool, a running program or a person needs it.
 *
 * entries-in-use.ts puts the roots together. recorded-roots.ts records what the store could not know otherwise.
 */
export { entriesInUse, type EntriesInUse, type EntryUser, usersOfEnvs } from "./entries-in-use.ts";
export { entriesOfEnv } from "./env-entries.ts";
export { launchedPython, launchedPythonFile } from "./launched-python.ts";
export { linkedEnv } from "./linked-env.ts";
export { removeUnused } from "./remove-unused.ts";
export {
  forgetPython,
  recordedRoots,
  recordEnvLink,
  recordPython,
} from "./recorded-roots.ts";
