import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { newWindowsSandbox, type WindowsSandbox } from "../support/windows-sandbox.ts";
import { runWine, windowsPath, withoutWine } from "../support/wine.ts";

const timeout = 300_000;

describe("packages of the public index on Windows", { skip: withoutWine }, () => {
  // Python 3.12 is downloaded once.
  let sandbox: WindowsSandbox;
  before(async () => {
    sandbox = await newWindowsSandbox();
  });
  after(() => sandbox[Symbol.dispose]());

  test("black runs", async () => {
    const run = await sandbox.posy(["run", "--with", "black", "--", "black", "--version"], { timeout });
    assert.match(run.stdout, /^black, \d+/, run.stderr);
    assert.equal(run.status, 0);
  });

  test("packages with Rust extensions are imported", async () => {
    const code = "import orjson, pydantic_core; print(orjson.dumps({'a': 1}), pydantic_core.__name__)";
    const packages = ["--with", "orjson", "--with", "pydantic-core"];
    const run = await sandbox.posy(["run", "--python", "3.12", ...packages, "--", "python", "-c", code], {
      timeout,
    });
    assert.equal(run.stdout, `b'{"a":1}' pydantic_core\r\n`, run.stderr);
  });

  test("numpy computes", async () => {
    const code = "import numpy; print(numpy.arange(6).reshape(2, 3).sum(axis=0))";
    // Wine 8 lacks functions that numpy 2 needs.
    const request = ["--python", "3.12", "--with", "numpy==1.26.*"];
    const run = await sandbox.posy(["run", ...request, "--", "python", "-c", code], { timeout });
    assert.equal(run.stdout, "[3 5 7]\r\n", run.stderr);
  });

  test("packages with an extension for every version of Python are imported (`abi3`)", async () => {
    const code = "import zmq; print(zmq.zmq_version_info()[0])";
    const run = await sandbox.posy(
      ["run", "--python", "3.12", "--with", "pyzmq", "--", "python", "-c", code],
      { timeout },
    );
    assert.equal(run.stdout, "4\r\n", run.stderr);
  });

  test("the kernelspec that ipykernel installs starts the Python of the environment", async () => {
    // Since Python 3.12, `platform` asks Windows in a way that Wine 8 does not have.
    const request = ["run", "--python", "3.11", "--with", "ipykernel", "--"];
    const prefix = join(sandbox.root, "jupyter é");
    const install = ["python", "-m", "ipykernel", "install", "--prefix", windowsPath(prefix)];
    const installed = await sandbox.posy([...request, ...install], { timeout, env: { PYTHONUTF8: "1" } });
    assert.equal(installed.status, 0, installed.stderr);
    const path = join(prefix, "share", "jupyter", "kernels", "python3", "kernel.json");
    const { argv } = JSON.parse(readFileSync(path, "utf8")) as { argv: readonly string[] };
    const [python = "", ...words] = argv;
    assert.match(python, /\\envs-v1\\cpython-3\.11\.[^\\]+\\Scripts\\python\.exe$/);
    assert.deepEqual(words.slice(-4), ["-m", "ipykernel_launcher", "-f", "{connection_file}"]);
    // The kernel itself cannot run: the server of Wine 8 ends when it opens its sockets.
    const version = await runWine(python, [...words.slice(0, -2), "--version"], { timeout });
    assert.match(version.stdout, /^\d+\.\d+/, version.stderr);
    assert.equal(version.status, 0, version.stderr);
  });
});
