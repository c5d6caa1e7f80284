import type { CommandHooks } from "../../operations/run/run-project-command.ts";
import type { Console } from "../ui/console/open-console.ts";
import { asPosyError } from "../../system/fs/index.ts";
import { execute } from "../../system/process/index.ts";
import { renderMatrix } from "../ui/render-matrix.ts";
import { cachedOrCreatedEnv } from "./cached-or-created-env.ts";

/**
 * Returns the hooks for a project command: cached Envs, a printed table of the results of a matrix, and a last program
 * that replaces this process. That program then gets signals and job control as if the user had started it.
 */
export function commandHooks(console: Console): CommandHooks {
  return {
    async envFor(options, typed, context) {
      const env = await cachedOrCreatedEnv(options, typed, context);
      console.reporter.finish();
      return env;
    },
    onMatrix: (rows) => console.tell(renderMatrix(rows)),
    async startLast({ file, argv, environment, cwd }) {
      enterFolder(cwd);
      return execute(file, argv, environment);
    },
  };
}

function enterFolder(path: string): void {
  try {
    process.chdir(path);
  } catch (error) {
    throw asPosyError(error, `changing to the folder \`${path}\``);
  }
}
