import { openPosy, type Posy } from "../../compose.ts";
import { openHome } from "../../system/home.ts";
import type { Surroundings } from "../commands/command.ts";
import type { Settings } from "./read-settings.ts";

/** Posy as a command's settings have it, where the command was typed. */
export function openPosyFor(
  { index, pythonIndexes, pythonMirror }: Pick<Settings, "index" | "pythonIndexes" | "pythonMirror">,
  { console, environment, cwd }: Surroundings,
): Promise<Posy> {
  return openPosy({
    home: openHome(environment),
    index,
    pythonIndexes,
    pythonMirror,
    reporter: console.reporter,
    environment,
    cwd,
  });
}
