import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runCaptured } from "../../../src/system/process/processes.ts";

const sh = (script: string, options: Parameters<typeof runCaptured>[2] = {}) =>
  runCaptured("/bin/sh", ["-c", script], options);

describe("runCaptured", { skip: process.platform === "win32" }, () => {
  test("returns the output and the exit status", async () => {
    assert.deepEqual(await sh("echo out; echo err >&2; exit 3"), {
      status: 3,
      signal: null,
      stdout: "out\n",
      stderr: "err\n",
    });
  });

  test("returns the signal that ended the program", async () => {
    const { status, signal } = await sh("kill -KILL $$");
    assert.deepEqual([status, signal], [null, "SIGKILL"]);
  });

  test("passes input, environment and working folder", async () => {
    const { stdout } = await sh("cat; echo $X; pwd", { input: "in ", env: { X: "x" }, cwd: "/" });
    assert.equal(stdout, "in x\n/\n");
  });

  test("accepts a program that does not read its input", async () => {
    assert.equal((await sh("exec true", { input: "x".repeat(1_000_000) })).status, 0);
  });

  test("kills the program after the timeout", async () => {
    assert.equal((await sh("exec sleep 20", { timeout: 50 })).signal, "SIGKILL");
  });

  test("rejects a program that does not exist", async () => {
    await assert.rejects(runCaptured("/nowhere/at-all", []), { code: "not-found" });
  });
});
