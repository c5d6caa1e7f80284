import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { runCaptured } from "../../../src/system/process/processes.ts";

// On Node, the unit tests are bundled into one file, so the script to start does not exist.
const skip = typeof Bun === "undefined" || process.platform === "win32";

describe("a started program and its children end", { skip }, () => {
  for (const end of ["normally", "by an error", "by a signal that it handles", "by SIGKILL"]) {
    test(`when the process that started them ends ${end}`, { timeout: 60_000 }, async () => {
      const folder = mkdtempSync(join(tmpdir(), "posy-children-"));
      try {
        const script = join("test", "support", "children-child.ts");
        const child = spawn(process.execPath, [script, end, folder], { stdio: "ignore" });
        await once(child, "exit");
        const numbers = readFileSync(join(folder, "numbers"), "utf8").trim().split(" ").map(Number);
        assert.equal(numbers.length, 2);
        for (const number of numbers) await ends(number);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

describe("processes that a program leaves in its group", { skip: process.platform === "win32" }, () => {
  const leave = "sleep 300 >/dev/null 2>&1 & echo $!";

  test("end with the program", async () => {
    const { stdout } = await runCaptured("/bin/sh", ["-c", leave]);
    await ends(Number(stdout));
  });

  test("continue if `keepsDaemons` is set", async () => {
    const { stdout } = await runCaptured("/bin/sh", ["-c", leave], { keepsDaemons: true });
    assert.ok(isRunning(Number(stdout)));
    process.kill(Number(stdout), "SIGKILL");
  });
});

describe("a program and its children are killed", { skip: process.platform === "win32" }, () => {
  test("after the timeout, even if a child keeps its output open", { timeout: 20_000 }, async () => {
    const { stdout, stopped } = await runCaptured("/bin/sh", ["-c", "sleep 300 & echo $!; wait"], {
      timeout: 500,
    });
    assert.equal(stopped, "timeout");
    await ends(Number(stdout));
  });

  test("after more output than the limit", { timeout: 20_000 }, async () => {
    const { stdout, stopped } = await runCaptured("/bin/sh", ["-c", "cat /dev/zero & cat /dev/zero"], {
      limit: 1 << 20,
    });
    assert.equal(stopped, "output");
    assert.ok(stdout.length <= 1 << 20);
  });
});

async function ends(pid: number): Promise<void> {
  const begin = performance.now();
  while (isRunning(pid)) {
    assert.ok(performance.now() - begin < 15_000, `${pid} still runs`);
    await setTimeout(20);
  }
}

/** A process that has ended stays in the process table until its parent waits for it. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
