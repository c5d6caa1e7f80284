import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { batchCommand, isBatchFile } from "./batch-file.ts";
import type { Ended } from "./children.ts";
import { watchExitCode } from "./exit-code.ts";
import { ignoredSignals } from "./ignored-signals.ts";
import { inheritedStdio, openFilesLimit } from "./inherited.ts";
import { startError } from "./start-error.ts";

/** How a program in the foreground ended. */
export interface ForegroundEnd extends Ended {
  /** The signal that asked this process to end while the program ran. */
  readonly interruption?: NodeJS.Signals;
}

/**
 * Programs that use this process's terminal and standard streams. This process forwards its signals to them,
 * and continues until they have ended.
 */
export const foreground = new Set<ChildProcess>();

/** The signals with which a terminal or a supervisor asks a program to end. */
const ending: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];
const forwarded: readonly NodeJS.Signals[] = [...ending, "SIGUSR1", "SIGUSR2"];

/**
 * On Windows, Ctrl-C, Ctrl-Break and closing the window reach all programs of the console. They are not
 * forwarded: sending a signal there would end the program at once.
 */
const consoleEvents: readonly NodeJS.Signals[] = ["SIGINT", "SIGBREAK", "SIGHUP"];

/**
 * Runs a program to its end with this terminal, the standard streams, the caller's file descriptors and every
 * signal. `argv` begins with the program's name for itself. Throws `command-not-executable`.
 */
export async function runForeground(
  file: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string | undefined,
): Promise<ForegroundEnd> {
  const signals = process.platform === "win32" ? consoleEvents : forwarded;
  const ignored = await ignoredSignals(signals);
  const limit = await openFilesLimit();
  const isBatch = process.platform === "win32" && isBatchFile(file);
  const batch = isBatch ? batchCommand(file, argv.slice(1), env) : undefined;
  const [program, args] = batch === undefined ? withIgnored(ignored, file, argv) : [batch.file, batch.args];
  const options = {
    argv0: program === file ? argv[0] : program,
    env,
    stdio: inheritedStdio(),
    windowsVerbatimArguments: isBatch,
  };
  const before = interruptions.length;
  startForwarding(signals.filter((signal) => !ignored.has(signal)));
  try {
    return await new Promise((settle, fail) => {
      limit.lower();
      const child = spawn(program, args, { ...options, ...(cwd === undefined ? {} : { cwd }) });
      limit.raise();
      const exitCode = watchExitCode(child.pid);
      foreground.add(child);
      child.on("error", (error) => {
        foreground.delete(child);
        fail(error);
      });
      child.on("exit", (status, signal) => {
        foreground.delete(child);
        const interruption = interruptions[before];
        const end = { status: exitCode(status), signal };
        settle({ ...end, ...(interruption === undefined ? {} : { interruption }) });
      });
    });
  } catch (error) {
    const { code = "", errno: number = 0 } = error as NodeJS.ErrnoException;
    // On Windows the numbers are those of the runtime and not of the system.
    const errno = constants.errno[code as keyof typeof constants.errno] ?? -number;
    // The shell runs a script without `#!`, as with `execvp` and in every shell.
    if (errno === constants.errno.ENOEXEC && file !== shell) {
      return await runForeground(shell, [shell, file, ...argv.slice(1)], env, cwd);
    }
    throw startError(file, errno);
  } finally {
    limit.raise();
    stopForwarding();
  }
}

const shell = "/bin/sh";

/**
 * Returns a program and its arguments that start `file` with some signals ignored. Bun gives a child the
 * default handlers, so a shell has to ignore them.
 */
function withIgnored(
  ignored: ReadonlySet<NodeJS.Signals>,
  file: string,
  argv: readonly string[],
): readonly [string, readonly string[]] {
  if (ignored.size === 0 || typeof Bun === "undefined") return [file, argv.slice(1)];
  const names = [...ignored].map((signal) => signal.slice("SIG".length)).join(" ");
  return [shell, ["-c", `trap '' ${names}; exec "$@"`, "sh", file, ...argv.slice(1)]];
}

/** The signals that asked this process to end, in the order in which they arrived. */
const interruptions: NodeJS.Signals[] = [];

/** The number of programs that are running or starting. */
let users = 0;
let handlers: readonly (readonly [NodeJS.Signals, () => void])[] = [];

/** Handles signals from now on, once for all programs. */
function startForwarding(signals: readonly NodeJS.Signals[]): void {
  users += 1;
  if (users > 1) return;
  handlers = signals.map((signal) => [signal, () => forward(signal)]);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  process.on("exit", endAll);
}

function stopForwarding(): void {
  users -= 1;
  if (users > 0) return;
  for (const [signal, handler] of handlers) process.off(signal, handler);
  process.off("exit", endAll);
}

function forward(signal: NodeJS.Signals): void {
  const isFirst = !interruptions.includes(signal);
  const isWindows = process.platform === "win32";
  if (isWindows || ending.includes(signal)) interruptions.push(signal);
  if (isWindows) return;
  // A terminal sends Ctrl-C and Ctrl-\ to the programs, too, and many programs take a second signal for
  // impatience. Someone may also send the signal only to this process. So the second one is forwarded, as
  // in uv.
  const isKey = signal === "SIGINT" || signal === "SIGQUIT";
  if (isKey && isFirst && isForegroundOfTerminal()) return;
  for (const child of foreground) child.kill(signal);
}

/** Ends the programs if this process ends without a signal (by an error). */
function endAll(): void {
  for (const child of foreground) child.kill("SIGTERM");
}

/** Returns whether Ctrl-C at a terminal reaches this process and its children. */
function isForegroundOfTerminal(): boolean {
  if (process.platform !== "linux") return process.stdin.isTTY || process.stderr.isTTY;
  try {
    const fields = /\) (.*)$/s.exec(readFileSync("/proc/self/stat", "latin1"))?.[1]?.split(" ") ?? [];
    // proc(5), after the name: state, parent, group, session, terminal, the terminal's foreground group.
    const [, , group, , terminal, foregroundGroup] = fields;
    return terminal !== "0" && group === foregroundGroup;
  } catch {
    return process.stdin.isTTY;
  }
}
