import { missingModuleHint } from "../index.ts";
import type { Interpreter } from "../../model/index.ts";

/**
 * For each module that an interpreter lacks, a module of its name that says why: `import sqlite3` then ends with
 * what can be done about it. It raises what the import system would raise, so that `try: import readline` goes on
 * working. `importlib.util.find_spec` finds it, though: accepted, since all of these but `readline` are private names
 * that nothing looks for, and their public packages (`sqlite3`, `lzma`, `curses`) are found without them anyway.
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
