import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { watchExitCode } from "./exit-code.ts";
import { endWhenOrphaned } from "./orphans.ts";

/** How a program ended. `status` is `null` if a signal ended it. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  /** The whole environment of the program. Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /**
   * The program may ask the person at the terminal (for the passphrase of an SSH key). It then stays in this
   * process's group, because a new group would have no terminal.
   */
  readonly asksPerson?: boolean;
  /**
   * Processes that the program leaves in its group may continue (git's `credential-cache` daemon). Otherwise
   * they are ended.
   */
  readonly keepsDaemons?: boolean;
}

/** A started program, with all processes that it starts. */
export interface Child {
  readonly process: ChildProcess;
  /** Returns the exit code when the program has ended (`watchExitCode`). */
  readonly exitCode: (status: number | null) => number | null;
  /** Sends a signal to the whole group, or only to the program if it may ask the person. */
  readonly kill: (signal: NodeJS.Signals) => void;
  /**
   * Call this when the program has ended: ends the processes that it left behind, and stops sending signals
   * to it.
   */
  readonly forget: () => void;
}

/** The running programs. They end when this process ends. */
const running = new Set<Child>();

/**
 * Starts a program whose three standard streams are pipes. It gets a new process group, which ends with this
 * process: by SIGTERM if this process exits by itself (a handled signal, an error, the normal end), and by
 * SIGTERM and then SIGKILL if this process is gone for any other reason (`orphans.ts`). Windows has no such
 * groups: there `taskkill` ends the process tree.
 */
export function startChild(file: string, args: readonly string[], options: ChildOptions = {}): Child {
  const windows = process.platform === "win32";
  const alone = options.asksPerson === true && hasTerminal();
  const started = spawn(file, args, {
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
    // On Windows a detached program would open a window.
    detached: !windows && !alone,
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const { pid } = started;
  const target = pid === undefined ? undefined : alone ? pid : -pid;
  const stopWatch = target === undefined || windows ? undefined : endWhenOrphaned(target);
  const child: Child = {
    process: started,
    exitCode: watchExitCode(pid),
    kill: (signal) => {
      if (pid === undefined || target === undefined) return;
      if (windows) {
        spawnSync("taskkill", ["/pid", String(pid), "/t", "/f"], { windowsHide: true });
        return;
      }
      try {
        process.kill(target, signal);
      } catch {
        // It has ended in the meantime.
      }
    },
    forget: () => {
      if (!running.delete(child)) return;
      // The process id of an ended process may be reused, so only a group is signalled: a group keeps its id.
      if (!windows && !alone && !options.keepsDaemons) child.kill("SIGTERM");
      stopWatch?.();
      if (running.size === 0) process.off("exit", endAll);
    },
  };
  // Before temporary files are removed, to which the programs may write.
  if (running.size === 0) process.prependListener("exit", endAll);
  running.add(child);
  return child;
}

/**
 * How long to wait for the output of a program that has ended, if a process that it started keeps the pipe
 * open. In milliseconds.
 */
const patience = 1_000;

/**
 * Waits until a program and its output have ended. Rejects with the system's error if the program could not
 * be started.
 */
export function ended(child: Child): Promise<Ended> {
  const { process: started } = child;
  return new Promise<Ended>((settle, fail) => {
    started.on("error", fail);
    started.on("exit", (reported, signal) => {
      const status = child.exitCode(reported);
      child.forget();
      started.stdin?.destroy();
      const late = setTimeout(() => {
        started.stdout?.destroy();
        started.stderr?.destroy();
        settle({ status, signal });
      }, patience);
      started.on("close", () => {
        clearTimeout(late);
        settle({ status, signal });
      });
    });
  }).finally(child.forget);
}

function endAll(): void {
  for (const child of running) child.kill("SIGTERM");
}

/** Returns whether there is a terminal to ask at, even if the standard streams are redirected. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r+"));
    return true;
  } catch {
    return false;
  }
}
