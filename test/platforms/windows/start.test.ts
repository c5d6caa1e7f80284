import assert from "node:assert/strict";
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

  test("lists the Pythons for Windows in the store", async () => {
    using sandbox = await newWindowsSandbox();
    const run = await sandbox.posy(["python", "list"]);
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /^cpython \S+ +windows-x86_64 +in the store/m);
  });
});
