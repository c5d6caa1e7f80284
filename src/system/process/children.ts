import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { endWhenOrphaned } from "./orphans.ts";

/** How a program ended. `status` is `null` where a signal ended it. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  /** Its whole environment; this process's own without it. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /**
   * It may ask the person at the terminal (for the passphrase of an SSH key). It stays in this process's group, since a
   * group of its own would have no terminal.
   */
  readonly asksPerson?: boolean;
  /** What it leaves in its group when it has ended may go on (git's `credential-cache` daemon). It ends otherwise. */
  readonly keepsDaemons?: boolean;
}

/** A program that was started, with all that it starts itself. */
export interface Child {
  readonly process: ChildProcess;
  /** Sends a signal to its whole group; to it alone where it may ask the person. */
  readonly kill: (signal: NodeJS.Signals) => void;
  /** It has ended: what it left behind ends too, and nothing is sent to it any more. */
  readonly forget: () => void;
}

/** What runs now. It ends when this process does. */
const running = new Set<Child>();

/**
 * Starts a program whose three streams are pipes. It gets a process group of its own, which ends with this process: by
 * SIGTERM when this process exits by itself (a signal that is handled, an error, the normal end), and by SIGTERM and then
 * SIGKILL when it is gone, however it went (`orphans.ts`). Windows has no such groups: there `taskkill` ends the tree.
 */
export function startChild(file: string, args: readonly string[], options: ChildOptions = {}): Child {
  const windows = process.platform === "win32";
  const alone = options.asksPerson === true && hasTerminal();
  const started = spawn(file, args, {
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
    // On Windows it would open a window.
    detached: !windows && !alone,
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const { pid } = started;
  const target = pid === undefined ? undefined : alone ? pid : -pid;
  const stopWatch = target === undefined || windows ? undefined : endWhenOrphaned(target);
  const child: Child = {
    process: started,
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
      // The number of a process that has ended may be another's by now; a group keeps its own.
      if (!windows && !alone && !options.keepsDaemons) child.kill("SIGTERM");
      stopWatch?.();
      if (running.size === 0) process.off("exit", endAll);
    },
  };
  if (running.size === 0) process.on("exit", endAll);
  running.add(child);
  return child;
}

/** How long after its end a program's output is waited for, where something it started holds on to it. Milliseconds. */
const patience = 1_000;

/** Waits for the end of a program and of its output. Rejects with the system's error where it could not be started. */
export function ended(child: Child): Promise<Ended> {
  const { process: started } = child;
  return new Promise<Ended>((settle, fail) => {
    started.on("error", fail);
    started.on("exit", (status, signal) => {
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

/** Whether there is a terminal to ask at, wherever the standard streams lead. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r+"));
    return true;
  } catch {
    return false;
  }
}
