import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { after, before, describe, test } from "node:test";
import { newSandbox, type Sandbox, type PosyRun } from "../support/posy.ts";

// A new user downloads from the public index and the public mirror of interpreters. Either may fail for a moment, so
// each run is tried up to three times, but no run is repeated after this time.
const end = Date.now() + 150_000;

async function patiently(sandbox: Sandbox, args: readonly string[], tries = 3): Promise<PosyRun> {
  const last = tries === 1 || Date.now() > end;
  const timeout = Math.min(60_000, Math.max(20_000, end - Date.now()));
  const run = await sandbox.posy(args, { timeout }).catch((error: unknown) => {
    if (last) throw error;
    return undefined;
  });
  // Status 69 means that a server did not answer. Waiting does not help against other failures.
  if (run !== undefined && (last || run.status !== 69)) return run;
  await pause(3000);
  return patiently(sandbox, args, tries - 1);
}

/** The time limit of a test, which is longer than all its tries. */
const patience = { timeout: 240_000 };

const works = (run: PosyRun) =>
  assert.equal(run.status, 0, `status ${run.status}, signal ${run.signal}\n${run.stdout}${run.stderr}`);

describe("posy run with an empty home and the public index", () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await newSandbox({ interpreter: false });
  });
  after(() => sandbox[Symbol.dispose]());

  const packages = ["--with", "trio", "--with", "numpy", "--with", "black"];
  const code = "import numpy, sys, trio; print(numpy.__version__, sys.version_info[:2])";
  const science = ["run", "--python", ">=3.10,<3.14", ...packages, "--", "python", "-c", code];

  test("downloads an interpreter and packages, and runs the program", patience, async () => {
    const run = await patiently(sandbox, science);
    works(run);
    assert.match(run.stdout, /^\d+\.\d+\.\d+ \(3, 1[0-3]\)\n$/);
  });

  test("needs no network the second time", patience, async () => {
    // The first run has `--offline`. The second one has a proxy that does not exist.
    const again = await sandbox.posy(["run", "--offline", ...science.slice(1)]);
    works(again);
    const unreachable = { HTTPS_PROXY: "http://127.0.0.1:1", HTTP_PROXY: "http://127.0.0.1:1" };
    const remembered = await sandbox.posy(science, { env: unreachable });
    works(remembered);
    assert.equal(remembered.stdout, again.stdout);
  });

  test("runs a program of a package", patience, async () => {
    const run = await patiently(sandbox, ["run", "--with", "black", "--", "black", "--version"]);
    works(run);
    assert.match(run.stdout, /^black, \d+\.\d+/);
  });

  test("runs Jupyter, which finds its kernel and the shared data of its packages", patience, async () => {
    const jupyter = (...args: string[]) =>
      patiently(sandbox, ["run", "--with", "jupyterlab", "--", "jupyter", ...args]);
    const version = await jupyter("lab", "--version");
    works(version);
    assert.match(version.stdout, /^\d+\.\d+\.\d+/);
    const kernels = await jupyter("kernelspec", "list", "--json");
    works(kernels);
    const { kernelspecs } = JSON.parse(kernels.stdout) as {
      kernelspecs: Record<string, { resource_dir: string }>;
    };
    assert.match(kernelspecs["python3"]?.resource_dir ?? "", /\/share\/jupyter\/kernels\/python3$/);
    assert.ok(kernelspecs["python3"]?.resource_dir.startsWith(sandbox.home));
  });
});
