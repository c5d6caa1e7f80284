import { type Ended, ended, startChild } from "./children.ts";

export interface GroupOptions {
  /** Its whole environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** What it and all that it starts write on both streams, as it comes. */
  readonly onOutput: (chunk: Buffer) => void;
}

/**
 * Runs a program in a process group of its own and waits for its end. Its standard input is a pipe that gives nothing
 * and closes when it has ended or when this process has gone, however it went: what wants to outlive nobody waits for
 * that. The group ends with this process (`startChild`). Throws `not-found`, `permission` or `filesystem` where it can't
 * be started.
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
    const { asPosyError } = await import("../fs/files.ts");
    throw asPosyError(error, `starting \`${file}\``);
  }
}
