import { missingModuleHint } from "../index.ts";
import type { Interpreter } from "../../model/index.ts";

/**
 * Returns a stub for each module that an interpreter lacks. The stub raises the error of the import system, so that
 * `try: import readline` still works. Its message says what can be done, so that `import sqlite3` explains the failure.
 * A drawback is that `importlib.util.find_spec` finds the stub. That rarely matters: all names except `readline` are
 * private, and the public packages (`sqlite3`, `lzma`, `curses`) are found without them.
 */
export function missingModuleStubs(interpreter: Interpreter): Readonly<Record<string, string>> {
  return Object.fromEntries(
    interpreter.lacks.map((name) => {
      const message = `No module named '${name}': ${missingModuleHint(interpreter, name) ?? ""}`;
      return [
        `${interpreter.paths.stdlib}/${name}.py`,
        `raise ModuleNotFoundError(${JSON.stringify(message)}, name=${JSON.stringify(name)})\n`,
      ];
    }),
  );
}
