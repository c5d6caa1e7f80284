import type { CommandHooks } from "../../operations/run/run-project-command.ts";
import type { Console } from "../ui/console/open-console.ts";
import { renderMatrix } from "../ui/render-matrix.ts";
import { cachedOrCreatedEnv } from "./cached-or-created-env.ts";

/** Returns the hooks for a project command: cached Envs, and a printed table of the results of a matrix. */
export function commandHooks(console: Console): CommandHooks {
  return {
    async envFor(options, typed, context) {
      const env = await cachedOrCreatedEnv(options, typed, context);
      console.reporter.finish();
      return env;
    },
    onMatrix: (rows) => console.tell(renderMatrix(rows)),
  };
}
