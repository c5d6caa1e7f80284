import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { after, before, describe, test } from "node:test";
import { newSandbox, type Sandbox, type PosyRun } from "../support/posy.ts";

// The public index and the public repository of interpreters, as a new user meets them. Either may fail for a
// moment, so what is asked of them is asked for up to three times, but not for longer than this in all.
const end = Date.now() + 150_000;

async function patiently(sandbox: Sandbox, args: readonly string[], tries = 3): Promise<PosyRun> {
  const last = tries === 1 || Date.now() > end;
  const timeout = Math.min(60_000, Math.max(20_000, end - Date.now()));
  const run = await sandbox.posy(args, { timeout }).catch((error: unknown) => {
    if (last) throw error;
    return undefined;
  });
  // 69 is what Posy ends with where something outside did not answer: no other failure gets better by waiting.
  if (run !== undefined && (last || run.status !== 69)) return run;
  await pause(3000);
  return patiently(sandbox, args, tries - 1);
}

/** Of a test: more than all its tries take. */
const patience = { timeout: 240_000 };

const works = (run: PosyRun) =>
  assert.equal(run.status, 0, `status ${run.status}, signal ${run.signal}\n${run.stdout}${run.stderr}`);

describe("from nothing, on the public index", () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await newSandbox({ interpreter: false });
  });
  after(() => sandbox[Symbol.dispose]());

  const packages = ["--with", "trio", "--with", "numpy", "--with", "black"];
  const code = "import numpy, sys, trio; print(numpy.__version__, sys.version_info[:2])";
  const science = ["run", "--python", ">=3.10,<3.14", ...packages, "--", "python", "-c", code];

  test("an interpreter and packages are brought, and the program runs", patience, async () => {
    const run = await patiently(sandbox, science);
    works(run);
    assert.match(run.stdout, /^\d+\.\d+\.\d+ \(3, 1[0-3]\)\n$/);
  });

  test("the second time nothing is asked of the network", patience, async () => {
    // What is remembered of the command line is not asked either: the same by another route.
    const again = await sandbox.posy(["run", "--offline", ...science.slice(1)]);
    works(again);
    const unreachable = { HTTPS_PROXY: "http://127.0.0.1:1", HTTP_PROXY: "http://127.0.0.1:1" };
    const remembered = await sandbox.posy(science, { env: unreachable });
    works(remembered);
    assert.equal(remembered.stdout, again.stdout);
  });

  test("a program of a package runs", patience, async () => {
    const run = await patiently(sandbox, ["run", "--with", "black", "--", "black", "--version"]);
    works(run);
    assert.match(run.stdout, /^black, \d+\.\d+/);
  });

  test("Jupyter finds its kernel and what its packages share", patience, async () => {
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
