import { PosyError } from "../../../errors/posy-error.ts";
import {
  type IndexOptions,
  openInputs,
  openPosyFor,
  type PythonOptions,
  readSettings,
} from "../../../settings/index.ts";
import { reportRequestOrigin, requestedPython, withRequestOrigin } from "../../../resolve/index.ts";
import type { CommandContext } from "../command.ts";

export type PythonFindOptions = PythonOptions & IndexOptions & { readonly json?: true };

/** `posy python find`: installs the requested interpreter if it is missing, and prints the path of its executable. */
export async function pythonFindCommand(
  request: string | undefined,
  options: PythonFindOptions,
  context: CommandContext,
): Promise<number> {
  const { console, environment, cwd } = context;
  const settings = await readSettings(
    request === undefined ? options : { ...options, python: request },
    [],
    openInputs(environment, cwd),
  );
  const { brief } = settings;
  settings.warnings.forEach((warning) => console.warn(warning));
  reportRequestOrigin(brief, console.reporter);
  const posy = await openPosyFor(settings, context);
  const { platform } = posy.machine;
  const [interpreter] = await posy.interpreters(brief.python, platform).catch((error: unknown) => {
    throw withRequestOrigin(error, brief);
  });
  if (interpreter === undefined) {
    throw new PosyError("no-interpreter", `no Python meets ${requestedPython(brief)} on \`${platform}\``, {
      hint: "`posy python list` lists the available Pythons",
    });
  }
  const { executable, root } = await posy.forest.interpreter(interpreter);
  console.print(
    options.json ? `${JSON.stringify({ executable, root, interpreter }, undefined, 2)}\n` : `${executable}\n`,
  );
  return 0;
}
