import { type ChildProcess, spawn, spawnSync } from "node:child_process";

/** How a program ended. `status` is `null` where a signal ended it. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface GroupOptions {
  /** Its whole environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** What it and all that it starts write on both streams, as it comes. */
  readonly onOutput: (chunk: Buffer) => void;
}

/** Programs that are running; all of them end when this process does. */
const running = new Set<ChildProcess>();

/** How long after its end a program's output is waited for, where something it started holds on to it. Milliseconds. */
const patience = 1_000;

/**
 * Runs a program in a process group of its own and waits for its end. Its standard input is a pipe that gives nothing
 * and closes when it has ended or when this process has gone, however it went: what wants to outlive nobody waits for
 * that. When this process exits by itself, the groups are told to end (SIGTERM). Throws `not-found`, `permission` or
 * `filesystem` where it can't be started.
 */
export async function runGroup(
  file: string,
  args: readonly string[],
  { env, cwd, onOutput }: GroupOptions,
): Promise<Ended> {
  const windows = process.platform === "win32";
  const child = spawn(file, args, {
    env,
    cwd,
    // Windows knows no such groups; there it would open a window.
    detached: !windows,
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  if (running.size === 0) process.on("exit", endAll);
  running.add(child);
  try {
    return await ended(child, onOutput);
  } catch (error) {
    const { asPosyError } = await import("./files.ts");
    throw asPosyError(error, `starting \`${file}\``);
  } finally {
    running.delete(child);
    if (running.size === 0) process.off("exit", endAll);
  }
}

function ended(child: ChildProcess, onOutput: (chunk: Buffer) => void): Promise<Ended> {
  return new Promise((settle, fail) => {
    child.stdout?.on("data", onOutput);
    child.stderr?.on("data", onOutput);
    child.stdin?.on("error", () => {});
    child.on("error", fail);
    child.on("exit", (status, signal) => {
      child.stdin?.destroy();
      const late = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        settle({ status, signal });
      }, patience);
      child.on("close", () => {
        clearTimeout(late);
        settle({ status, signal });
      });
    });
  });
}

function endAll(): void {
  for (const { pid } of running) {
    if (pid === undefined) continue;
    if (process.platform === "win32") {
      spawnSync("taskkill", ["/pid", String(pid), "/t", "/f"], { windowsHide: true });
      continue;
    }
    try {
      process.kill(-pid, "SIGTERM");
    } catch {
      // It has ended in the meantime.
    }
  }
}
