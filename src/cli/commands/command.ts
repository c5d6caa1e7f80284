import type { Console } from "../ui/open-console.ts";

/** What a command gets beside its own arguments. Returns the status to end with. */
export interface CommandContext {
  readonly console: Console;
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
}
