import type { Reporter } from "../report/reporter.ts";

/** Where an operation runs, and who hears what it does. */
export interface OperationContext {
  readonly reporter: Reporter;
  readonly environment: NodeJS.ProcessEnv;
  /** Relative paths and configuration files are looked up from here. */
  readonly cwd: string;
}

/** Reports a warning: something that a person should know though nothing failed. */
export function warn({ reporter }: Pick<OperationContext, "reporter">, message: string): void {
  reporter.report({ kind: "warning", message });
}
