import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import type { VerifiedStore } from "../../src/operations/store/verify-store.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { newSandbox, type PosyRun, type Sandbox } from "../support/posy.ts";

const wheels = [
  makeWheel({
    name: "one",
    files: { "one.py": 'def main(): print("right")\n' },
    entryPoints: { onecli: "one:main" },
  }),
  makeWheel({ name: "two", files: { "two.py": "" } }),
];

async function withWheels(sandbox: Sandbox): Promise<readonly string[]> {
  const folder = join(sandbox.root, "wheels");
  await mkdir(folder);
  for (const { filename, bytes } of wheels) await writeFile(join(folder, filename), bytes);
  return ["--no-index", "--find-links", folder];
}

async function ok(sandbox: Sandbox, args: readonly string[]): Promise<PosyRun> {
  const run = await sandbox.posy(args);
  assert.equal(run.status, 0, run.stdout + run.stderr);
  return run;
}

/** Returns the path of a file with this name in the only environment of the store, below a folder of it. */
function inEnv(sandbox: Sandbox, folder: string, name: string): string {
  const envs = join(sandbox.home, "data", "envs-v1");
  const [key = assert.fail("there is no environment")] = readdirSync(envs);
  const inside = readdirSync(join(envs, key, folder), { recursive: true, encoding: "utf8" });
  const path = inside.find((each) => basename(each) === name) ?? assert.fail(`there is no ${name}`);
  return join(envs, key, folder, path);
}

function edit(path: string, content: string): void {
  writeFileSync(path, content);
  const later = Date.now() / 1000 + 5;
  utimesSync(path, later, later);
}

describe("posy cache verify", { skip: process.platform === "win32" }, () => {
  test("finds an edited module, repairs it with --repair, and says what was done", async () => {
    using sandbox = await newSandbox();
    const index = await withWheels(sandbox);
    await ok(sandbox, ["run", ...index, "--with", "one", "--", "onecli"]);
    assert.match((await ok(sandbox, ["cache", "verify"])).stdout, /: nothing is damaged\n$/);
    edit(inEnv(sandbox, "lib", "one.py"), 'def main(): print("EDITED")\n');
    const found = await sandbox.posy(["cache", "verify"]);
    assert.equal(found.status, 1);
    assert.match(found.stdout, /^damaged wheel one 1\.0: `site\/one\.py` changed$/m);
    const { stdout } = await ok(sandbox, ["cache", "verify", "--repair", "--json"]);
    const { damaged } = JSON.parse(stdout) as VerifiedStore;
    assert.deepEqual(
      damaged.map(({ kind, outcome }) => [kind, outcome]),
      [
        ["wheel", "repaired"],
        ["env", "repaired"],
      ],
    );
    assert.equal((await ok(sandbox, ["run", ...index, "--with", "one", "--", "onecli"])).stdout, "right\n");
    await ok(sandbox, ["cache", "verify", "--full"]);
  });

  test("--repair makes the environment of a tool again whose record is lost: its programs start without Posy", async () => {
    using sandbox = await newSandbox();
    const index = await withWheels(sandbox);
    const bin = join(sandbox.root, "bin");
    const options = { env: { POSY_TOOL_BIN_DIR: bin } };
    const installed = await sandbox.posy(["tool", "install", "-q", ...index, "one"], options);
    assert.equal(installed.status, 0, installed.stderr);
    const envs = join(sandbox.home, "data", "envs-v1");
    writeFileSync(join(envs, readdirSync(envs)[0] ?? "", "posy-blueprint.json"), "");
    const run = await sandbox.posy(["cache", "verify", "--repair", "--json"], options);
    assert.equal(run.status, 0, run.stderr);
    const { damaged } = JSON.parse(run.stdout) as VerifiedStore;
    assert.deepEqual(
      damaged.map(({ kind, outcome, usedBy }) => [kind, outcome, usedBy]),
      [["env", "repaired", ["tool one"]]],
    );
    assert.equal(spawnSync(join(bin, "onecli"), { encoding: "utf8" }).stdout, "right\n");
    await ok(sandbox, ["cache", "verify", "--full"]);
  });

  test("is not needed for --refresh, a new environment and `posy env --verify`", async () => {
    using sandbox = await newSandbox();
    const index = await withWheels(sandbox);
    const run = async (...args: string[]) =>
      (await ok(sandbox, ["run", ...index, ...args, "--with", "one", "--", "onecli"])).stdout;
    assert.equal(await run(), "right\n");
    const module = inEnv(sandbox, "lib", "one.py");
    const wrong = 'def main(): print("EDITED")\n';
    edit(module, wrong);
    assert.equal(await run("--refresh"), "right\n");
    edit(module, wrong);
    assert.equal(await run("--with", "two"), "right\n");
    assert.equal(await run(), "right\n");
    edit(module, wrong);
    await ok(sandbox, ["env", "--verify", "--path", ...index, "--with", "one"]);
    assert.equal(readFileSync(module, "utf8"), 'def main(): print("right")\n');
  });

  test("is not needed for a program that is empty or was changed: it never starts", async () => {
    using sandbox = await newSandbox();
    const index = await withWheels(sandbox);
    const args = ["run", ...index, "--with", "one", "--", "onecli"];
    await ok(sandbox, args);
    await ok(sandbox, args);
    const program = inEnv(sandbox, "bin", "onecli");
    for (const content of ["", "\0".repeat(200), "#!/bin/sh\necho EDITED\n"]) {
      edit(program, content);
      assert.equal((await ok(sandbox, args)).stdout, "right\n");
      assert.ok(existsSync(program));
    }
  });
});
