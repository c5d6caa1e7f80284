import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import type { Blueprint } from "../../src/model/blueprint.ts";
import { treeFiles, type TreeOptions } from "../support/tree-backend.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

/** Writes a project into `folder`, below the current folder of the sandbox. */
function project(sandbox: Sandbox, folder: string, tree: TreeOptions): void {
  for (const [path, text] of Object.entries(treeFiles(tree))) {
    const file = join(sandbox.cwd, folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

const python = (code: string) => ["--no-index", "--", "python", "-c", code];

describe("a project's folder as a requirement", () => {
  test("is built, and built again after a file in it changed", async () => {
    using sandbox = await newSandbox();
    project(sandbox, "lib", { name: "lib", files: { "lib/value.py": "n = 1\n" } });
    const run = ["run", "--with", "./lib", ...python("import lib.value; print(lib.value.n)")];
    assertPrinted(await sandbox.posy(run), "1\n");
    project(sandbox, "lib", { name: "lib", files: { "lib/value.py": "n = 2\n" } });
    assertPrinted(await sandbox.posy(run), "2\n");
  });

  test("gets a `direct_url.json` with its path (PEP 610)", async () => {
    using sandbox = await newSandbox();
    project(sandbox, "my lib", { name: "lib" });
    const code =
      "import importlib.metadata as m, json; print(json.loads(m.distribution('lib').read_text('direct_url.json')))";
    const run = await sandbox.posy(["run", "--with", "./my lib", ...python(code)]);
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /^\{'url': 'file:\/\/.*my%20lib', 'dir_info': \{\}\}\n$/);
  });

  test("shows changes at once with `-e`, without another build", async () => {
    using sandbox = await newSandbox();
    project(sandbox, "lib", { name: "lib" });
    const live = join(sandbox.cwd, "lib", "live.py");
    writeFileSync(live, "n = 1\n");
    const run = ["run", "-e", "lib", ...python("import live; print(live.n)")];
    assertPrinted(await sandbox.posy(run), "1\n");
    const built = readdirSync(join(sandbox.home, "data", "envs-v1"));
    writeFileSync(live, "n = 22\n");
    assertPrinted(await sandbox.posy(run), "22\n");
    // `--refresh` resolves again, and comes to the same build and the same Env.
    assertPrinted(await sandbox.posy(["run", "--refresh", ...run.slice(1)]), "22\n");
    assert.deepEqual(readdirSync(join(sandbox.home, "data", "envs-v1")), built);
  });

  test("is rejected when its package has another name than the requirement", async () => {
    using sandbox = await newSandbox();
    project(sandbox, "lib", { name: "lib" });
    const run = await sandbox.posy(["run", "--with", "other @ ./lib", ...python("")]);
    assertFailed(run, 2, /is `lib`, not `other`/);
  });

  test("is rejected without a build system, and the hint shows the table to add", async () => {
    using sandbox = await newSandbox();
    mkdirSync(join(sandbox.cwd, "modules"));
    writeFileSync(join(sandbox.cwd, "modules", "a.py"), "");
    const run = await sandbox.posy(["run", "--with", "./modules", ...python("")]);
    assert.notEqual(run.status, 0);
    assert.match(run.stderr, /has no build system/);
    assert.match(run.stderr, /\[build-system\]/);
  });

  test("is reported when it does not exist", async () => {
    using sandbox = await newSandbox();
    assertFailed(await sandbox.posy(["run", "--with", "./nowhere", ...python("")]), 1, /nowhere/);
  });
});

test("`resolve --json` marks a folder as a direct source", async () => {
  using sandbox = await newSandbox();
  project(sandbox, "lib", { name: "lib" });
  const resolved = await sandbox.posy(["resolve", "--no-index", "--json", "./lib"]);
  assert.equal(resolved.status, 0, resolved.stderr);
  const { targets } = JSON.parse(resolved.stdout) as Blueprint;
  const artifact = targets[0]?.packages[0]?.artifact;
  assert.deepEqual([artifact?.kind, artifact?.direct], ["source", true]);
});
