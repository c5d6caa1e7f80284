import { type Ended, ended, startChild } from "./children.ts";

export interface GroupOptions {
  /** Its whole environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Receives the output of the program and its children on both streams, as it arrives. */
  readonly onOutput: (chunk: Buffer) => void;
}

/**
 * Runs a program in a new process group and waits for its end. Its standard input is a pipe without data that
 * closes when the program has ended or this process is gone. A process that wants to outlive the program is
 * not waited for. The group ends with this process (`startChild`). Throws `not-found`, `permission` or
 * `filesystem` if the program cannot be started.
 */
export async function runProcessGroup(
  file: string,
  args: readonly string[],
  { env, cwd, onOutput }: GroupOptions,
): Promise<Ended> {
  try {
    const child = startChild(file, args, { env, cwd });
    child.process.stdout?.on("data", onOutput);
    child.process.stderr?.on("data", onOutput);
    child.process.stdin?.on("error", () => {});
    return await ended(child);
  } catch (error) {
    const { asPosyError } = await import("../fs/file-error.ts");
    throw asPosyError(error, `starting \`${file}\``);
  }
}
