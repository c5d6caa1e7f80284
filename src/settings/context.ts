import type { Reporter } from "../report/reporter.ts";

/** The surroundings of an operation. */
export interface OperationContext {
  /** Receives progress and warnings. */
  readonly reporter: Reporter;
  /** The environment variables, usually `process.env`. */
  readonly environment: NodeJS.ProcessEnv;
  /** The absolute folder from which relative paths are resolved. */
  readonly cwd: string;
  /**
   * The absolute folder from which the project, configuration files and version files are searched upwards
   * (`--project`). The default is `cwd`.
   */
  readonly projectFolder?: string;
  /** Verifies the files of Envs also if they exist (`PosyOptions.verification`). */
  readonly verification?: "quick" | "full";
}

/** Returns the folder from which the project, configuration files and version files are searched upwards. */
export function searchFolder({
  cwd,
  projectFolder,
}: Pick<OperationContext, "cwd" | "projectFolder">): string {
  return projectFolder ?? cwd;
}

/** Reports a warning: something that a person should know, although nothing failed. */
export function warn({ reporter }: Pick<OperationContext, "reporter">, message: string): void {
  reporter.report({ kind: "warning", message });
}
