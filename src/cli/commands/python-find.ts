import { openPosy } from "../../compose.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { PythonOptions } from "../options/brief-options.ts";
import type { IndexOptions } from "../options/index-options.ts";
import { openInputs } from "../settings/inputs.ts";
import { readSettings } from "../settings/read-settings.ts";
import { openHome } from "../../system/home.ts";
import type { Surroundings } from "./command.ts";

export type PythonFindOptions = PythonOptions & IndexOptions & { readonly json?: true };

/** `posy python find`: brings the interpreter that a request means, and prints the path of its executable. */
export async function pythonFindCommand(
  request: string | undefined,
  options: PythonFindOptions,
  { console, environment, cwd }: Surroundings,
): Promise<number> {
  const { brief, index, pythonIndexes } = await readSettings(options, [], openInputs(environment, cwd));
  const home = openHome(environment);
  const posy = await openPosy({ home, index, pythonIndexes, reporter: console.reporter, environment, cwd });
  const wanted = request ?? brief.python;
  const [interpreter] = await posy.interpreters(wanted, posy.machine.platform);
  if (interpreter === undefined) {
    throw new PosyError(
      "no-interpreter",
      `no Python answers \`${wanted ?? ""}\` on \`${posy.machine.platform}\``,
      {
        hint: "`posy python list` shows the Pythons that there are",
      },
    );
  }
  const { executable, root } = await posy.forest.interpreter(interpreter);
  console.print(
    options.json ? `${JSON.stringify({ executable, root, interpreter }, undefined, 2)}\n` : `${executable}\n`,
  );
  return 0;
}
