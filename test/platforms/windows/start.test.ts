import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { newWindowsSandbox } from "../support/windows-sandbox.ts";
import { withoutWine } from "../support/wine.ts";

describe("posy.exe", { skip: withoutWine }, () => {
  test("starts, and prints its version", async () => {
    using sandbox = await newWindowsSandbox({ interpreter: false });
    const run = await sandbox.posy(["--version"]);
    assert.equal(run.stderr, "");
    assert.match(run.stdout, /^posy \d+\.\d+\.\d+\n$/);
    assert.equal(run.status, 0);
  });

  test("shows where the time went just before a program starts, and keeps the exit code of the program", async () => {
    using sandbox = await newWindowsSandbox();
    const args = ["run", "--timings", "--timings=t.json", "--no-index"];
    for (const phase of ["environment", "cached answer"]) {
      const run = await sandbox.posy([...args, "python", "-c", "import sys; print('hello'); sys.exit(7)"]);
      assert.equal(run.status, 7, run.stderr);
      assert.match(run.stdout, /^hello\r?\n$/);
      assert.match(run.stderr, new RegExp(`^${phase} +[\\d.]+ m?s`, "m"));
      const trace = readFileSync(join(sandbox.cwd, "t.json"), "utf8");
      assert.ok((JSON.parse(trace) as { traceEvents: unknown[] }).traceEvents.length > 1);
    }
  });

  test("lists the Pythons for Windows in the store", async () => {
    using sandbox = await newWindowsSandbox();
    const run = await sandbox.posy(["python", "list"]);
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /^cpython \S+ +windows-x86_64 +in the store/m);
  });
});
