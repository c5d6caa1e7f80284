/**
 * Envs: folders of links in the shape of a venv, named by the hash of all that is in them.
 */
export { describeDiskLinks, diskLinks, requireSymbolicLinks } from "./disk-links.ts";
export { envKey, interpreterIdentity } from "./env-key.ts";
export { folderMarker, writeEnvFolder } from "./env-folder.ts";
export { envAt } from "./env-paths.ts";
export { type EnvRecord, formatEnvRecord, readEnvRecord } from "./env-record.ts";
export type { EnvContents } from "./plan/plan-env.ts";
export { launcherText, rewrittenScript } from "./plan/launcher.ts";
export { type FolderNode, LinkTree } from "./plan/link-tree.ts";
export { contentOf, type OwnFile, programOf } from "./plan/own-file.ts";
export { recordName } from "./plan/record-name.ts";
export { directUrlOf } from "./plan/compose-dist-info.ts";
export { addWheelFiles } from "./plan/wheel-files.ts";
export { programsAreIntact } from "./programs.ts";
export { verifyEnv } from "./verify-env.ts";
export type { Env, EnvLocation } from "./env.ts";
export { externallyManaged } from "./plan/pip-conf.ts";
export {
  addedEntries,
  envState,
  finishSeal,
  isSealedEnv,
  isSettledEnv,
  settleEnv,
  unsealEnv,
} from "./seal.ts";
export { settleOrRememberEnv, stateOfEnv } from "./state-of-env.ts";
export { writeEnv } from "./write-env.ts";
