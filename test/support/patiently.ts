import { setTimeout as pause } from "node:timers/promises";
import type { Place, PosyOptions, PosyRun } from "./posy.ts";

/**
 * Runs a command that needs the public index, up to three times. Only status 69 is repeated: a server did not answer. No
 * other failure goes away by waiting.
 */
export async function patiently(
  place: Place,
  args: readonly string[],
  options: PosyOptions = {},
  tries = 3,
): Promise<PosyRun> {
  const run = await place.posy(args, { timeout: 90_000, ...options });
  if (run.status !== 69 || tries === 1) return run;
  await pause(3000);
  return patiently(place, args, options, tries - 1);
}
