import { join } from "node:path";
import { openInputs, type OperationContext, type ScriptText } from "../../../settings/index.ts";
import { openHome, sha256Of, writeAtomic } from "../../../system/fs/index.ts";

/** Reads a script from standard input to its end, as Python does before it runs one. */
export async function readStandardInput(context: OperationContext): Promise<ScriptText> {
  const bytes = await openInputs(context).read("-");
  return { path: join(context.cwd, "<stdin>"), text: Buffer.from(bytes).toString("utf8") };
}

/**
 * The maximum length of a script as an argument, in bytes. Linux limits one argument to 128 KiB, Windows all of them to
 * 32 KiB.
 */
const longestArgument = process.platform === "win32" ? 16_000 : 96_000;

/**
 * Returns the command that runs a script which was read from standard input. Python cannot read it again, so the script
 * is an argument of `python -c`: as with `python -`, modules are imported from the current folder. A longer script goes
 * into a file that Python removes once it has read it.
 */
export async function commandForText(
  { text }: ScriptText,
  args: readonly string[],
  { environment }: OperationContext,
): Promise<readonly string[]> {
  if (Buffer.byteLength(text) <= longestArgument) return ["python", "-c", text, ...args];
  const file = join(openHome(environment).scripts, `${sha256Of(text)}-${process.pid}.py`);
  await writeAtomic(file, text);
  const path = JSON.stringify(file);
  const run = `import os; p = ${path}; t = open(p, encoding="utf-8").read(); os.unlink(p); exec(compile(t, "<stdin>", "exec"))`;
  return ["python", "-c", run, ...args];
}
