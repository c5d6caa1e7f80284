import { openHome } from "../../system/fs/home.ts";
import type { CommandContext } from "../commands/command.ts";
import { type RememberedEnv, readMemo } from "./env-entry.ts";
import { memoPath } from "./entry-path.ts";
import type { BriefOptions, IndexOptions, ProjectOptions } from "../../settings/options.ts";

/** The Env of some options: as a warm `posy run` has it where it is remembered, else grown. `own` are the options as typed. */
export async function envOrGrow(
  options: BriefOptions & IndexOptions & ProjectOptions,
  own: readonly string[],
  context: CommandContext,
): Promise<RememberedEnv> {
  const home = openHome(context.environment);
  const path = memoPath(own, home, context.environment);
  const memo = path === undefined ? undefined : readMemo(path, home);
  if (memo !== undefined) return memo.env;
  const { createEnv: growEnv } = await import("../../operations/create-env.ts");
  return growEnv(options, own, context);
}
