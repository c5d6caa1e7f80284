import { resolve } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import type { OperationContext } from "../../../settings/index.ts";
import { isTerminal } from "../../../system/process/index.ts";
import type { EnvOptions } from "../../create-env.ts";
import { fetchScript } from "./fetch-script.ts";
import { notebookTarget } from "./notebook-target.ts";
import { scriptEnv, type ScriptEnv } from "./script-env.ts";
import { isUrl, scriptOfCommand, takeScript } from "./script-of-command.ts";
import { commandForText, readStandardInput } from "./standard-input.ts";

/** How to run the script that a command names. */
export interface ScriptTarget extends ScriptEnv {
  /** The program and its arguments. */
  readonly command: readonly string[];
}

/** Options of `scriptTarget`. */
export interface ScriptTargetOptions {
  /** The command is a Python script, whatever its name is. */
  readonly isScript: boolean;
  /** A notebook is executed, not opened. */
  readonly execute: boolean;
}

/**
 * Returns how to run the script that a command names: a Python file with a block of inline metadata (PEP 723), `-` for
 * standard input, the URL of a script, or a notebook (`.ipynb`). Undefined for any other command. Throws
 * `invalid-project` for a block that is not valid, and what `fetchScript` throws.
 */
export async function scriptTarget(
  command: readonly string[],
  { isScript, execute }: ScriptTargetOptions,
  options: EnvOptions,
  context: OperationContext,
): Promise<ScriptTarget | undefined> {
  const [name = "", ...args] = command;
  if (name === "-" && !(await isTerminal(0))) {
    const script = await readStandardInput(context);
    return { ...(await scriptEnv(script, options)), command: await commandForText(script, args, context) };
  }
  const file = isUrl(name) ? await fetchScript(name, options, context) : name;
  if (/\.ipynb$/i.test(file)) {
    return notebookTarget(resolve(context.cwd, file), args, { execute }, options);
  }
  if (execute) {
    throw new PosyError("usage", "`--execute` is for notebooks", {
      hint: "leave it out, or name an `.ipynb` file",
    });
  }
  const path = resolve(context.cwd, file);
  const script = takeScript(path) ?? scriptOfCommand([file], { cwd: context.cwd, isScript });
  const env = script && (await scriptEnv(script, options));
  if (!isScript && file === name && env?.envFiles === undefined) return undefined;
  return { ...(env ?? { options, key: [], envFiles: undefined }), command: ["python", file, ...args] };
}
