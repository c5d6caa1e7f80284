import { openPosy, type Posy } from "../posy.ts";
import { openHome } from "../system/fs/index.ts";
import type { OperationContext } from "./context.ts";
import type { Settings } from "./read-settings.ts";

/** Posy as a command's settings have it, where the command was typed. `unwritten` are texts of files as they are going to be. */
export function openPosyFor(
  { index, pythonIndexes, pythonMirror }: Pick<Settings, "index" | "pythonIndexes" | "pythonMirror">,
  { reporter, environment, cwd }: OperationContext,
  unwritten?: ReadonlyMap<string, string>,
): Promise<Posy> {
  return openPosy({
    home: openHome(environment),
    index,
    pythonIndexes,
    pythonMirror,
    reporter,
    environment,
    cwd,
    ...(unwritten && { unwritten }),
  });
}
