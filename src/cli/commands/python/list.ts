import { type ListedPython, listPythons } from "../../../pythons/discover/index.ts";
import { matchesPythonRequest, parsePythonRequest } from "../../../model/index.ts";
import {
  type IndexOptions,
  openInputs,
  openPosyFor,
  type PythonOptions,
  readSettings,
  type TargetOptions,
} from "../../../settings/index.ts";
import { renderPythons } from "../../ui/render-pythons.ts";
import type { CommandContext } from "../command.ts";

export type PythonListOptions = PythonOptions &
  TargetOptions &
  IndexOptions & { readonly allPlatforms?: true; readonly json?: true };

/** `posy python list`: lists the interpreters in the store, available in indexes, and on this machine. */
export async function pythonListCommand(
  request: string | undefined,
  options: PythonListOptions,
  context: CommandContext,
): Promise<number> {
  const { console, environment, cwd } = context;
  const settings = await readSettings(
    // A pin must not limit the list.
    { ...options, python: "any" },
    [],
    openInputs(environment, cwd),
  );
  const wanted = request === undefined ? undefined : parsePythonRequest(request);
  const posy = await openPosyFor(settings, context);
  const { brief } = settings;
  const platforms = brief.platforms.length > 0 ? brief.platforms : [posy.machine.platform];
  const listed = (await listPythons(posy.pythons, wanted)).filter(
    ({ interpreter }) =>
      (options.allPlatforms || platforms.includes(interpreter.platform)) &&
      (wanted === undefined || matchesPythonRequest(wanted, interpreter)),
  );
  const sorted = [...listed].sort(byState);
  console.print(options.json ? `${JSON.stringify(sorted, undefined, 2)}\n` : renderPythons(sorted));
  return 0;
}

const states = ["in-forest", "available", "system"];

function byState(a: ListedPython, b: ListedPython): number {
  return states.indexOf(a.state) - states.indexOf(b.state);
}
