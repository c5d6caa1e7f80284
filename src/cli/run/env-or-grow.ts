import { openHome } from "../../system/home.ts";
import type { CommandContext } from "../commands/command.ts";
import type { BriefOptions } from "../options/brief-options.ts";
import type { IndexOptions } from "../options/index-options.ts";
import type { ProjectOptions } from "../options/project-options.ts";
import { type RememberedEnv, readMemo } from "../memo/env-memo.ts";
import { memoPath } from "../memo/memo-path.ts";

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
  const { createEnv: growEnv } = await import("../commands/grow-env.ts");
  return growEnv(options, own, context);
}
