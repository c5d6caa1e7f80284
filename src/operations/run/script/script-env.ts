import { type EnvFile, manifestOfScript, parseManifest } from "../../../project/index.ts";
import type { ScriptText } from "../../../settings/index.ts";
import type { EnvOptions } from "../../create-env.ts";
import { blockKey } from "./script-of-command.ts";

/** The Env that a script needs. */
export interface ScriptEnv {
  readonly options: EnvOptions;
  /** Options for the key of the cache entry, besides those that were typed. */
  readonly key: readonly string[];
  /** The files with variables that the block names. Undefined if there is no block: then a project's files count. */
  readonly envFiles: readonly EnvFile[] | undefined;
}

/** Returns the Env of a script: that of its block, or that of the options if it has none. */
export async function scriptEnv(script: ScriptText, options: EnvOptions): Promise<ScriptEnv> {
  const manifest = manifestOfScript(script.text, script.path);
  if (manifest === undefined) return { options, key: [], envFiles: undefined };
  const { settings } = await parseManifest(manifest, script.path);
  return { options: { ...options, script }, key: blockKey(script) ?? [], envFiles: settings.envFiles };
}
