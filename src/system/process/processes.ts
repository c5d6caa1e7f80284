import { constants } from "node:os";
import type { ChildOptions } from "./children.ts";
import { replaceProcess } from "./replace-process.ts";

/** The result of a finished process. `status` is `null` if a signal ended it. */
export interface Captured {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why the process and its children were killed, if they were. */
  readonly stopped?: "timeout" | "output";
}

export interface CaptureOptions extends ChildOptions {
  /** The content of its standard input. */
  readonly input?: string;
  /** The process is killed after this many milliseconds. */
  readonly timeout?: number;
  /** The process is killed after this many bytes of output on both streams. */
  readonly limit?: number;
}

/** The maximum output in bytes. The list of all files of the largest repositories has about 50 MB. */
const largestOutput = 512 << 20;

let beforeExecute = () => {};

/** Calls `act` just before this process becomes a program: no `exit` event follows. */
export function onExecute(act: () => void): void {
  beforeExecute = act;
}

/**
 * Becomes the program `file`. If the system allows it, this process is replaced and the call never returns.
 * Otherwise the program is started with this terminal, the standard streams and every signal, and the call
 * returns the status to exit with. `argv` begins with the program's name for itself. Throws
 * `command-not-executable`.
 */
export async function execute(
  file: string,
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  beforeExecute();
  const errno = await replaceProcess(file, argv, environment);
  if (errno === undefined) return spawnAndWait(file, argv, environment);
  // The shell runs a script without `#!`, as with `execvp` and in every shell.
  if (errno === constants.errno.ENOEXEC) {
    await replaceProcess("/bin/sh", ["/bin/sh", file, ...argv.slice(1)], environment);
  }
  const { startError } = await import("./start-error.ts");
  throw startError(file, errno);
}

async function spawnAndWait(file: string, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { runForeground } = await import("./foreground.ts");
  const { status, signal } = await runForeground(file, argv, env, undefined);
  return status ?? dieLike(signal);
}

/**
 * Ends this process by the same signal, so that its parent sees the same end as the program's. Returns 128 +
 * n if that is not possible.
 */
function dieLike(signal: NodeJS.Signals | null): number {
  if (signal === null) return 1;
  if (process.platform !== "win32") process.kill(process.pid, signal);
  return 128 + (constants.signals[signal] ?? 0);
}

/**
 * Runs a program to its end and returns its output. It runs in a new process group that ends with this
 * process (`startChild`). A status other than 0 is not an error here. Throws `not-found`, `permission` or
 * `filesystem` if the program cannot be started.
 */
export async function runCaptured(
  file: string,
  args: readonly string[],
  options: CaptureOptions = {},
): Promise<Captured> {
  try {
    return await capture(file, args, options);
  } catch (error) {
    // Loaded late: a warm `posy run` needs none of it.
    const { asPosyError } = await import("../fs/file-error.ts");
    throw asPosyError(error, `starting \`${file}\``);
  }
}

async function capture(file: string, args: readonly string[], options: CaptureOptions): Promise<Captured> {
  const { ended, startChild } = await import("./children.ts");
  const { timeout, limit = largestOutput } = options;
  const child = startChild(file, args, options);
  const { stdin, stdout, stderr } = child.process;
  let stopped: Captured["stopped"];
  const stop = (why: Captured["stopped"]) => {
    stopped ??= why;
    child.kill("SIGKILL");
  };
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  let size = 0;
  const collect = (chunks: Buffer[]) => (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) return stop("output");
    chunks.push(chunk);
  };
  stdout?.on("data", collect(output.stdout));
  stderr?.on("data", collect(output.stderr));
  // A program may ignore its input.
  stdin?.on("error", () => {});
  stdin?.end(options.input ?? "");
  const late = timeout === undefined ? undefined : setTimeout(() => stop("timeout"), timeout);
  try {
    const { status, signal } = await ended(child);
    const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString("utf8");
    const result = { status, signal, stdout: text(output.stdout), stderr: text(output.stderr) };
    return stopped === undefined ? result : { ...result, stopped };
  } finally {
    clearTimeout(late);
  }
}
