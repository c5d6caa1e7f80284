import { PosyError } from "../../errors/posy-error.ts";
import type { Interpreter } from "../../model/index.ts";
import { reportRequestOrigin, requestedPython, withRequestOrigin } from "../../resolve/index.ts";
import {
  type IndexOptions,
  openInputs,
  openPosyFor,
  type OperationContext,
  type PythonOptions,
  readSettings,
  warn,
} from "../../settings/index.ts";

/** An interpreter that can be started. */
export interface FoundPython {
  readonly executable: string;
  /** The folder of the interpreter. */
  readonly root: string;
  readonly interpreter: Interpreter;
}

/**
 * Returns the Python that `posy run` would use: the one of `python` in the options, else of a variable, a version file
 * or the global pin, else the best one. Installs it if it is missing. Throws `no-interpreter` if there is none.
 */
export async function findPython(
  options: PythonOptions & IndexOptions,
  context: OperationContext,
): Promise<FoundPython> {
  const settings = await readSettings(options, [], openInputs(context));
  const { brief } = settings;
  settings.warnings.forEach((warning) => warn(context, warning));
  reportRequestOrigin(brief, context.reporter);
  await using posy = await openPosyFor(settings, context);
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
  return { executable, root, interpreter };
}
