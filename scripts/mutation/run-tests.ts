import { spawn } from "node:child_process";

export interface TestRun {
  readonly outcome: "passed" | "failed" | "timeout";
  /** The names of the failed tests, as Bun prints them. */
  readonly failed: readonly string[];
  readonly output: string;
  /** Milliseconds. */
  readonly duration: number;
}

/**
 * Runs test files with Bun in a folder, one after the other, and stops at the first failure. `timeout`: milliseconds.
 */
export function runTests(
  bun: string,
  folder: string,
  files: readonly string[],
  timeout: number,
): Promise<TestRun> {
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(
      bun,
      ["test", "--bail=1", "--timeout", String(timeout), ...files.map((file) => `./${file}`)],
      {
        cwd: folder,
        // Tests must not depend on a network.
        env: { ...process.env, POSY_PYTHON_MIRROR: "off" },
        stdio: ["ignore", "pipe", "pipe"],
        // Its own process group, so that the programs that the tests started end with it.
        detached: process.platform !== "win32",
      },
    );
    let output = "";
    let isLate = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    const end = () => {
      try {
        if (process.platform === "win32" || child.pid === undefined) child.kill("SIGKILL");
        else process.kill(-child.pid, "SIGKILL");
      } catch {
        // It ended by itself.
      }
    };
    const timer = setTimeout(() => {
      isLate = true;
      end();
    }, timeout);
    const settle = (status: number | null) => {
      clearTimeout(timer);
      const names = [...output.matchAll(/^\(fail\) (.*?)(?: \[[\d.]+m?s\])?$/gm)].map(
        ([, name = ""]) => name,
      );
      const outcome = isLate ? "timeout" : status === 0 ? "passed" : "failed";
      resolve({ outcome, failed: [...new Set(names)], output, duration: performance.now() - start });
    };
    child.on("error", (error) => {
      output += String(error);
      settle(1);
    });
    // Programs that the tests left running would keep the output open.
    child.on("exit", (status) => {
      end();
      const late = setTimeout(() => settle(status), 2000);
      child.on("close", () => {
        clearTimeout(late);
        settle(status);
      });
    });
  });
}

/** Returns the test file that was running at the end of an output of Bun, which prints each path before its tests. */
export function lastFile(output: string): string | undefined {
  return [...output.matchAll(/^(test\/\S+\.test\.ts):$/gm)].at(-1)?.[1];
}
