import { openPosy, type Posy } from "../posy.ts";
import { timed } from "../report/timings.ts";
import { openHome } from "../system/fs/index.ts";
import type { OperationContext } from "./context.ts";
import type { Settings } from "./read-settings.ts";

/**
 * Opens a Posy with the settings and the context of an operation. `unwritten` has texts of files that are not written
 * yet.
 */
export function openPosyFor(
  { index, pythonIndexes, pythonMirror }: Pick<Settings, "index" | "pythonIndexes" | "pythonMirror">,
  { reporter, environment, cwd, verification }: OperationContext,
  unwritten?: ReadonlyMap<string, string>,
): Promise<Posy> {
  return timed(reporter, "open store", undefined, () =>
    openPosy({
      home: openHome(environment),
      index,
      pythonIndexes,
      pythonMirror,
      reporter,
      environment,
      cwd,
      verification,
      ...(unwritten && { unwritten }),
    }),
  );
}
