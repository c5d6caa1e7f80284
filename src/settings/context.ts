import type { Reporter } from "../report/reporter.ts";

/** The surroundings of an operation. */
export interface OperationContext {
  /** Receives progress and warnings. */
  readonly reporter: Reporter;
  /** The environment variables, usually `process.env`. */
  readonly environment: NodeJS.ProcessEnv;
  /** The absolute folder from which the project, relative paths and configuration files are looked up. */
  readonly cwd: string;
}

/** Reports a warning: something that a person should know, although nothing failed. */
export function warn({ reporter }: Pick<OperationContext, "reporter">, message: string): void {
  reporter.report({ kind: "warning", message });
}
