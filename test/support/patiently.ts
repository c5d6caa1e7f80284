import { setTimeout as pause } from "node:timers/promises";
import type { Sandbox, PosyOptions, PosyRun } from "./posy.ts";

/**
 * Runs a command that needs the public index, up to three times. Only status 69 is repeated: a server did not answer.
 * No other failure goes away by waiting.
 */
export async function patiently(
  sandbox: Sandbox,
  args: readonly string[],
  options: PosyOptions = {},
  tries = 3,
): Promise<PosyRun> {
  const run = await sandbox.posy(args, { timeout: 90_000, ...options });
  if (run.status !== 69 || tries === 1) return run;
  await pause(3000);
  return patiently(sandbox, args, options, tries - 1);
}
