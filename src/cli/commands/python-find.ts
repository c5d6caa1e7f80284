import { PosyError } from "../../errors/posy-error.ts";
import type { PythonOptions } from "../options/brief-options.ts";
import type { IndexOptions } from "../options/index-options.ts";
import { openInputs } from "../settings/inputs.ts";
import { pythonAskedFor, sayingWhoAsked, tellWhoAsks } from "../../resolve/explain/who-asked.ts";
import { readSettings } from "../settings/read-settings.ts";
import { openPosyFor } from "../settings/open-posy-for.ts";
import type { Surroundings } from "./command.ts";

export type PythonFindOptions = PythonOptions & IndexOptions & { readonly json?: true };

/** `posy python find`: brings the interpreter that a request means, and prints the path of its executable. */
export async function pythonFindCommand(
  request: string | undefined,
  options: PythonFindOptions,
  { console, environment, cwd }: Surroundings,
): Promise<number> {
  const settings = await readSettings(
    request === undefined ? options : { ...options, python: request },
    [],
    openInputs(environment, cwd),
  );
  const { brief } = settings;
  settings.warnings.forEach((warning) => console.warn(warning));
  tellWhoAsks(brief, console.reporter);
  const posy = await openPosyFor(settings, { console, environment, cwd });
  const { platform } = posy.machine;
  const [interpreter] = await posy.interpreters(brief.python, platform).catch((error: unknown) => {
    throw sayingWhoAsked(error, brief);
  });
  if (interpreter === undefined) {
    throw new PosyError("no-interpreter", `no Python answers ${pythonAskedFor(brief)} on \`${platform}\``, {
      hint: "`posy python list` shows the Pythons that there are",
    });
  }
  const { executable, root } = await posy.forest.interpreter(interpreter);
  console.print(
    options.json ? `${JSON.stringify({ executable, root, interpreter }, undefined, 2)}\n` : `${executable}\n`,
  );
  return 0;
}
