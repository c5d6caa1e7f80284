import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newWindowsSandbox } from "../support/windows-sandbox.ts";
import { withoutWine } from "../support/wine.ts";

const timeout = 300_000;

describe("packages of the public index on Windows", { skip: withoutWine }, () => {
  test("black runs", async () => {
    using sandbox = await newWindowsSandbox();
    const run = await sandbox.posy(["run", "--with", "black", "--", "black", "--version"], { timeout });
    assert.match(run.stdout, /^black, \d+/, run.stderr);
    assert.equal(run.status, 0);
  });

  test("packages with Rust extensions are imported", async () => {
    using sandbox = await newWindowsSandbox();
    const code = "import orjson, pydantic_core; print(orjson.dumps({'a': 1}), pydantic_core.__name__)";
    const packages = ["--with", "orjson", "--with", "pydantic-core"];
    const run = await sandbox.posy(["run", "--python", "3.12", ...packages, "--", "python", "-c", code], {
      timeout,
    });
    assert.equal(run.stdout, `b'{"a":1}' pydantic_core\r\n`, run.stderr);
  });

  test("numpy computes", async () => {
    using sandbox = await newWindowsSandbox();
    const code = "import numpy; print(numpy.arange(6).reshape(2, 3).sum(axis=0))";
    // Wine 8 lacks functions that numpy 2 needs.
    const request = ["--python", "3.12", "--with", "numpy==1.26.*"];
    const run = await sandbox.posy(["run", ...request, "--", "python", "-c", code], { timeout });
    assert.equal(run.stdout, "[3 5 7]\r\n", run.stderr);
  });
});
