import { missingModuleHint } from "../index.ts";
import type { Interpreter } from "../../model/index.ts";

/**
 * Returns a stub for each module that an interpreter lacks. The stub raises the error of the import system, so that
 * `try: import readline` still works, with a message that says what can be done: `import sqlite3` then explains itself.
 * A drawback is that `importlib.util.find_spec` finds the stub. All of these except `readline` are private names that
 * nothing looks for, and their public packages (`sqlite3`, `lzma`, `curses`) are found without them anyway.
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
