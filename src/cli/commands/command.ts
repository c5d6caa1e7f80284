import type { OperationContext } from "../../settings/index.ts";
import type { Console } from "../ui/console/open-console.ts";

/** What a command gets next to its own arguments: where it runs, and the person's terminal. */
export interface CommandContext extends OperationContext {
  readonly console: Console;
}
