import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex, type TestIndex } from "../../support/index-server.ts";
import { makeWheel } from "../../support/make-wheel.ts";
import { holdOpen, newWindowsSandbox, type WindowsSandbox } from "../support/windows-sandbox.ts";
import { runWine, windowsPath, withoutWine } from "../support/wine.ts";

const files = [
  makeWheel({
    name: "lib",
    files: { "lib/__init__.py": "def main():\n    print('lib runs')\n" },
    entryPoints: { lib: "lib:main" },
  }),
  makeWheel({ name: "other", files: { "other.py": "" } }),
];

describe("a file that another program has open on Windows", { skip: withoutWine }, () => {
  let index: TestIndex;
  let sandbox: WindowsSandbox;
  let data: string;
  before(async () => {
    index = await startIndex({ files });
    sandbox = await newWindowsSandbox();
    data = join(sandbox.home, "data");
  });
  after(async () => {
    sandbox[Symbol.dispose]();
    await index.close();
  });

  const posy = (args: readonly string[], cwd = sandbox.cwd) =>
    sandbox.posy(args, {
      cwd,
      env: { UV_DEFAULT_INDEX: index.url, POSY_TOOL_BIN_DIR: windowsPath(join(sandbox.root, "bin")) },
    });
  const entriesOf = (bucket: string) => {
    const folder = join(data, bucket);
    return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  };
  const run = async () => {
    const done = await posy(["run", "--with", "lib", "--", "lib"]);
    assert.equal(done.stdout, "lib runs\r\n", done.stderr);
  };

  test("does not stop `cache clean`: the environment is gone, and the rest of it is removed later", async () => {
    await run();
    const [env = ""] = entriesOf("envs-v1");
    const held = await holdOpen(sandbox, join(env, "posy-env.json"));
    const cleaned = await posy(["cache", "clean", "envs", "wheels"]);
    assert.equal(cleaned.status, 0, cleaned.stderr);
    assert.deepEqual([...entriesOf("envs-v1"), ...entriesOf("wheels-v1")], []);
    assert.equal(entriesOf("tmp").length, 1);
    await held.release();
    const twoMinutesAgo = Date.now() / 1000 - 120;
    for (const path of entriesOf("tmp")) utimesSync(path, twoMinutesAgo, twoMinutesAgo);
    await run();
    assert.deepEqual(entriesOf("tmp"), []);
  });

  test("keeps its whole folder and all that it needs if Windows refuses to rename the folder", async () => {
    const [env = ""] = entriesOf("envs-v1");
    const held = await holdOpen(sandbox, env);
    const cleaned = await posy(["cache", "clean"]);
    assert.equal(cleaned.status, 0, cleaned.stderr);
    assert.match(
      cleaned.stderr,
      /^warning: `Z:\\.*\\envs-v1\\[^`]+` stays, because another program uses it$/m,
    );
    assert.match(cleaned.stderr, /^hint: close the programs that use it/m);
    assert.ok(existsSync(join(env, "posy-env.json")));
    assert.equal(entriesOf("pythons-v1").length, 1);
    const still = await runWine(windowsPath(join(env, "Scripts", "lib.exe")), []);
    assert.equal(still.stdout, "lib runs\r\n", still.stderr);
    await held.release();
    await posy(["cache", "clean", "envs"]);
    assert.equal(existsSync(env), false);
  });

  test("keeps a Python whole that `python uninstall` cannot remove, and it is removed when it is free", async () => {
    const [python = ""] = entriesOf("pythons-v1");
    const held = await holdOpen(sandbox, python);
    const refused = await posy(["python", "uninstall", "3"]);
    assert.equal(refused.status, 1, refused.stdout + refused.stderr);
    assert.match(refused.stderr, /another program uses it/);
    assert.match(refused.stderr, /^hint: close the programs that use it/m);
    await run();
    await held.release();
    const removed = await posy(["python", "uninstall", "3"]);
    assert.equal(removed.status, 0, removed.stderr);
    assert.deepEqual(entriesOf("pythons-v1"), []);
  });
});

describe("a program that is running on Windows", { skip: withoutWine }, () => {
  let index: TestIndex;
  let sandbox: WindowsSandbox;
  before(async () => {
    index = await startIndex({ files });
    sandbox = await newWindowsSandbox();
  });
  after(async () => {
    sandbox[Symbol.dispose]();
    await index.close();
  });

  const posy = (args: readonly string[], cwd = sandbox.cwd) =>
    sandbox.posy(args, {
      cwd,
      env: { UV_DEFAULT_INDEX: index.url, POSY_TOOL_BIN_DIR: windowsPath(join(sandbox.root, "bin")) },
    });

  test("keeps a tool whole that cannot be uninstalled, and its environment in the store", async () => {
    assert.equal((await posy(["tool", "install", "lib"])).status, 0);
    const program = windowsPath(join(sandbox.root, "bin", "lib.exe"));
    const held = await holdOpen(sandbox, join(sandbox.home, "data", "tools-v1", "lib"));
    const refused = await posy(["tool", "uninstall", "lib"]);
    assert.equal(refused.status, 1, refused.stdout + refused.stderr);
    assert.match(refused.stderr, /another program uses it/);
    await held.release();
    await posy(["cache", "clean"]);
    const still = await runWine(program, []);
    assert.equal(still.stdout, "lib runs\r\n", still.stderr);
    assert.equal((await posy(["python", "uninstall", "3"])).status, 1);
    const removed = await posy(["tool", "uninstall", "lib"]);
    assert.equal(removed.status, 0, removed.stderr);
    assert.deepEqual(readdirSync(join(sandbox.root, "bin")), []);
  });

  test("does not keep a project from changing, although the program belongs to its `.venv`", async () => {
    const project = join(sandbox.cwd, "app");
    mkdirSync(project);
    writeFileSync(
      join(project, "pyproject.toml"),
      `[project]\nname = "app"\nversion = "0.1"\ndependencies = []\n[tool.posy]\nplatforms = ["windows-x86_64"]\n`,
    );
    const first = await posy(["add", "lib"], project);
    assert.equal(first.status, 0, first.stderr);
    assert.equal((await posy(["run", "lib"], project)).stdout, "lib runs\r\n");
    const python = windowsPath(join(project, ".venv", "Scripts", "python.exe"));
    const started = join(project, "started");
    const code = `import os, sys, time; open(sys.argv[1], "w").close()\nwhile os.path.exists(sys.argv[1]): time.sleep(0.05)`;
    const running = runWine(python, ["-c", code, windowsPath(started)]);
    while (!existsSync(started)) await new Promise((settle) => setTimeout(settle, 50));
    const added = await posy(["add", "other"], project);
    assert.equal(added.status, 0, added.stderr);
    const ran = await posy(["run", "python", "-c", "import other"], project);
    assert.equal(ran.status, 0, ran.stderr);
    const editor = await runWine(python, ["-c", "import other; print('has other')"]);
    assert.equal(editor.stdout, "has other\r\n", editor.stderr);
    rmSync(started);
    assert.equal((await running).status, 0);
  });
});
