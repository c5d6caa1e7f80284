import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

export interface TestRun {
  readonly outcome: "passed" | "failed" | "timeout";
  /** The names of the failed tests, as Bun prints them. */
  readonly failed: readonly string[];
  readonly output: string;
  /** Milliseconds. */
  readonly duration: number;
}

/** Where tests run. */
export interface TestFolders {
  /** The copy of the project. */
  readonly project: string;
  /** The folder for temporary files. */
  readonly temporary: string;
}

/**
 * Runs test files with Bun, one after the other, and stops at the first failure. `timeout`: milliseconds. Each run has
 * an empty folder for temporary files, which is removed afterwards: tests that are ended do not clean up.
 */
export function runTests(
  bun: string,
  { project, temporary }: TestFolders,
  files: readonly string[],
  timeout: number,
): Promise<TestRun> {
  const start = performance.now();
  mkdirSync(temporary, { recursive: true });
  const own = mkdtempSync(join(temporary, "run-"));
  return new Promise((resolve) => {
    const child = spawn(
      bun,
      ["test", "--bail=1", "--timeout", String(timeout), ...files.map((file) => `./${file}`)],
      {
        cwd: project,
        env: {
          ...process.env,
          // Tests must not depend on a network.
          POSY_PYTHON_MIRROR: "off",
          // The folder for temporary files, as each operating system calls it.
          TMPDIR: own,
          TEMP: own,
          TMP: own,
        },
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
      removeQuietly(own);
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

/** Removes a folder. What a program still writes to is removed with the whole copy at the end. */
function removeQuietly(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // A program that the tests started may still be ending.
  }
}

/** Returns the test file that was running at the end of an output of Bun, which prints each path before its tests. */
export function lastFile(output: string): string | undefined {
  return [...output.matchAll(/^(test\/\S+\.test\.ts):$/gm)].at(-1)?.[1];
}
