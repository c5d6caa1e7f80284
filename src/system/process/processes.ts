import { spawn } from "node:child_process";
import { constants } from "node:os";
import { PosyError } from "../../errors/posy-error.ts";
import type { ChildOptions } from "./children.ts";
import { foreground } from "./foreground.ts";
import { replaceProcess } from "./replace-process.ts";

/** What a finished process was like. `status` is `null` where a signal ended it. */
export interface Captured {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it was killed with all that it had started, where it was. */
  readonly stopped?: "timeout" | "output";
}

export interface CaptureOptions extends ChildOptions {
  /** What it reads on its standard input. */
  readonly input?: string;
  /** Milliseconds after which it is killed. */
  readonly timeout?: number;
  /** Bytes of output on both streams after which it is killed. */
  readonly limit?: number;
}

/** The list of all files of the largest repositories is some 50 MB. */
const largestOutput = 512 << 20;

const { ENOENT, EACCES, ENOEXEC, E2BIG } = constants.errno;

/**
 * Becomes the program `file`: this process is replaced where the system can do that, and the call never returns.
 * Elsewhere the program is started, gets this terminal, the standard streams and every signal, and the status to end
 * with is returned. `argv` begins with the name that the program sees itself by. Throws `command-not-executable`.
 */
export async function execute(
  file: string,
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const errno = await replaceProcess(file, argv, environment);
  if (errno === undefined) return spawnAndWait(file, argv, environment);
  // A script without `#!` is the shell's, as `execvp` and every shell have it.
  if (errno === ENOEXEC) {
    await replaceProcess("/bin/sh", ["/bin/sh", file, ...argv.slice(1)], environment);
  }
  throw notStarted(file, errno);
}

function notStarted(file: string, errno: number): PosyError {
  const reasons: Readonly<Record<number, readonly [string, string]>> = {
    [ENOENT]: ["what its first line or its loader names is not there", "look at its `#!` line"],
    [EACCES]: ["permission was denied", "check its permissions, and that its disk is not mounted `noexec`"],
    [ENOEXEC]: ["it is no program of this machine", "is it of another platform?"],
    [E2BIG]: ["the arguments and the environment are too long", "pass fewer arguments"],
  };
  const [what, hint] = reasons[errno] ?? [`the system refused it (error ${errno})`, "check the file"];
  return new PosyError("command-not-executable", `\`${file}\` can't be started: ${what}`, { hint });
}

/** Those that a terminal or a supervisor sends; a terminal's own Ctrl-C reaches the child by itself. */
const forwarded = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

async function spawnAndWait(file: string, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { status, signal } = await runForeground(file, argv, env, undefined);
  return status ?? dieLike(signal);
}

/**
 * Runs a program to its end with this terminal, the standard streams and every signal. `argv` begins with the name that it sees
 * itself by. Throws `command-not-executable`.
 */
export function runForeground(
  file: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string | undefined,
): Promise<Pick<Captured, "status" | "signal">> {
  return new Promise((settle, fail) => {
    const child = spawn(file, argv.slice(1), {
      argv0: argv[0],
      env,
      stdio: "inherit",
      windowsHide: false,
      ...(cwd === undefined ? {} : { cwd }),
    });
    const handlers = forwarded
      .filter((signal) => process.platform !== "win32" || signal === "SIGINT" || signal === "SIGTERM")
      .map((signal) => {
        const handler = () => {
          // On a terminal the whole group got it already; twice would be taken for impatience.
          if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
        };
        process.on(signal, handler);
        return () => process.off(signal, handler);
      });
    // What ends us without a signal (an error) ends it as well.
    const end = () => child.kill("SIGTERM");
    process.on("exit", end);
    foreground.add(child);
    const done = () => {
      process.off("exit", end);
      foreground.delete(child);
      handlers.forEach((remove) => remove());
    };
    child.on("error", (error) => {
      done();
      fail(asStartError(error, file));
    });
    child.on("exit", (status, signal) => {
      done();
      settle({ status, signal });
    });
  });
}

function asStartError(error: Error, file: string): PosyError {
  return notStarted(file, -((error as NodeJS.ErrnoException).errno ?? 0));
}

/** A parent sees the same end as if it had started the child itself; 128 + n where that can't be. */
function dieLike(signal: NodeJS.Signals | null): number {
  if (signal === null) return 1;
  if (process.platform !== "win32") process.kill(process.pid, signal);
  return 128 + (constants.signals[signal] ?? 0);
}

/**
 * Runs a program to its end and returns what it said, in a process group of its own that ends with this process
 * (`startChild`). A status other than 0 is no error here. Throws `not-found`, `permission` or `filesystem` where it can't
 * be started.
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
    const { asPosyError } = await import("../fs/files.ts");
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
  // A program that doesn't read its input is no error of ours.
  stdin?.on("error", () => {});
  stdin?.end(options.input ?? "");
  const late = timeout === undefined ? undefined : setTimeout(() => stop("timeout"), timeout);
  try {
    const { status, signal } = await ended(child);
    const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString("utf8");
    const said = { status, signal, stdout: text(output.stdout), stderr: text(output.stderr) };
    return stopped === undefined ? said : { ...said, stopped };
  } finally {
    clearTimeout(late);
  }
}
