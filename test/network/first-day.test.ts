import assert from "node:assert/strict";
import { type ChildProcess } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { patiently } from "../support/patiently.ts";
import { newSandbox, type Sandbox, type PosyRun } from "../support/posy.ts";

const works = (run: PosyRun) =>
  assert.equal(run.status, 0, `status ${run.status}\n${run.stdout}${run.stderr}`);

// The commands are `posy new homework1; cd homework1; posy add jupyter numpy; posy run jupyter lab`, on an empty home.
describe("the first four commands of a new user, with the public index", {
  skip: process.platform === "win32",
}, () => {
  let sandbox: Sandbox;
  let cwd: string;
  before(async () => {
    sandbox = await newSandbox({ interpreter: false });
    cwd = join(sandbox.cwd, "homework1");
  });
  after(() => sandbox[Symbol.dispose]());

  test("`posy new` and `posy add` make an environment with JupyterLab", { timeout: 400_000 }, async () => {
    works(await sandbox.posy(["new", "homework1"]));
    works(await patiently(sandbox, ["add", "jupyter", "numpy"], { cwd }));
    const run = await patiently(sandbox, ["run", "jupyter", "lab", "--version"], { cwd, timeout: 240_000 });
    works(run);
    assert.match(run.stdout, /^\d+\.\d+\.\d+\n$/);
    assert.ok(existsSync(join(cwd, ".posy", "env", "bin", "jupyter-lab")));
  });

  test("`posy run jupyter lab` starts a server that lists the Python kernel", {
    timeout: 120_000,
  }, async () => {
    const port = await freePort();
    const options = [
      `--port=${port}`,
      "--ip=127.0.0.1",
      "--no-browser",
      "--allow-root",
      "--IdentityProvider.token=t",
    ];
    let child: ChildProcess | undefined;
    const ended = sandbox.posy(["run", "jupyter", "lab", ...options], {
      cwd,
      timeout: 100_000,
      started: (started) => (child = started),
    });
    try {
      const status = (await answer(`http://127.0.0.1:${port}/api/status?token=t`, child)) as {
        kernels: number;
      };
      assert.equal(status.kernels, 0);
      const { kernelspecs } = (await answer(`http://127.0.0.1:${port}/api/kernelspecs?token=t`, child)) as {
        kernelspecs: Readonly<Record<string, unknown>>;
      };
      assert.deepEqual(Object.keys(kernelspecs), ["python3"]);
    } finally {
      child?.kill("SIGTERM");
      await ended.catch(() => {});
    }
  });

  test("a copy of the project in another folder runs without network", { timeout: 120_000 }, async () => {
    const copy = join(sandbox.root, "copy");
    cpSync(cwd, copy, { recursive: true });
    const code = "import numpy, jupyterlab; print(numpy.arange(4).sum())";
    const unreachable = { HTTPS_PROXY: "http://127.0.0.1:1", HTTP_PROXY: "http://127.0.0.1:1" };
    const run = await sandbox.posy(["run", "--offline", "python", "-c", code], {
      cwd: copy,
      env: unreachable,
    });
    works(run);
    assert.equal(run.stdout, "6\n");
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const { port } = server.address() as AddressInfo;
  await new Promise((settle) => server.close(settle));
  return port;
}

/** Returns the JSON of the first successful response. Fails if the server ends before. */
async function answer(url: string, child: ChildProcess | undefined): Promise<unknown> {
  for (;;) {
    assert.equal(child?.exitCode, null, "the server has ended");
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return await response.json();
    await pause(300);
  }
}
