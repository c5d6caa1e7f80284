import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex, type TestIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, newSandbox, type Sandbox } from "../support/posy.ts";
import { treeFiles } from "../support/tree-backend.ts";

const tool = makeWheel({
  name: "tool",
  files: {
    "tool/__init__.py": "",
    "tool/main.py": "import sys, dep\ndef main():\n    print('tool', *sys.argv[1:])\n",
    "tool/tests/__init__.py": "",
    "tool-1.0.data/data/share/tool/data.txt": "data\n",
    "tool-1.0.data/scripts/old": "#!python\nfrom __future__ import annotations\nprint('old')\n",
  },
  requires: ["dep"],
  entryPoints: { tool: "tool.main:main" },
});
const dep = makeWheel({ name: "dep", files: { "dep.py": "" } });
const native = makeWheel({ name: "native", tags: "cp312-cp312-win_amd64", files: { "native.pyd": "" } });

describe("`posy export --target`", { skip: process.platform === "win32" }, () => {
  let index: TestIndex;
  let sandbox: Sandbox;
  let python: string;

  before(async () => {
    index = await startIndex({ files: [tool, dep, native] });
    sandbox = await newSandbox();
    python = (await posy(["python", "find"])).stdout.trim();
    writeProject(sandbox.cwd);
  });
  after(async () => {
    sandbox[Symbol.dispose]();
    await index.close();
  });

  const writeProject = (folder: string) => {
    for (const [path, text] of Object.entries(treeFiles({ name: "app", dependencies: ["tool"] }))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const project = '[project]\nname = "app"\nversion = "1.0"\ndependencies = ["tool"]\n';
    appendFileSync(join(folder, "pyproject.toml"), `\n${project}`);
  };
  const posy = (args: readonly string[], options: Parameters<Sandbox["posy"]>[1] = {}) =>
    sandbox.posy(args, { ...options, env: { UV_DEFAULT_INDEX: index.url, ...options.env } });
  const exported = async (args: readonly string[], options: Parameters<Sandbox["posy"]>[1] = {}) => {
    const run = await posy(["export", ...args], options);
    assert.equal(run.status, 0, run.stderr);
    return run.stderr;
  };
  /** The names in a folder that are not of Posy and not metadata. */
  const modulesIn = (folder: string) =>
    readdirSync(join(sandbox.cwd, folder))
      .filter((name) => !/^posy-|dist-info$/.test(name))
      .sort();

  test("writes the packages of the project and itself, which any Python can use by its path", async () => {
    const says = await exported(["--target", "packages"]);
    assert.match(says, /wrote `.*packages` for \S+ and Python 3\.\d+: \d+ files/);
    assert.match(says, /programs: bin\/old, bin\/tool/);
    const folder = join(sandbox.cwd, "packages");
    assert.deepEqual(modulesIn("packages"), ["app", "bin", "dep.py", "share", "tool"]);
    const code = "import app, tool.main, importlib.metadata as m; print(m.version('app'), m.version('tool'))";
    const run = spawnSync(python, ["-c", code], { encoding: "utf8", env: { PYTHONPATH: folder } });
    assert.equal(run.stdout, "1.0 1.0\n", run.stderr);
    assert.equal((await posy(["export", "--verify", folder])).status, 0);
  });

  test("has programs that start the user's Python with the packages, from anywhere", async () => {
    await exported(["--target", "programs"]);
    const env = { PATH: `${dirname(python)}:/usr/bin:/bin` };
    const program = (name: string, ...args: string[]) =>
      execFileSync(join(sandbox.cwd, "programs", "bin", name), args, { encoding: "utf8", env, cwd: "/" });
    assert.equal(program("tool", "a b"), "tool a b\n");
    assert.equal(program("old"), "old\n");
  });

  test("leaves out the project, tests and sources of nothing else if options say so", async () => {
    await exported(["--target", "part", "--no-install-project", "--strip", "--compile"]);
    assert.deepEqual(modulesIn("part"), ["__pycache__", "bin", "dep.py", "share", "tool"]);
    assert.ok(!existsSync(join(sandbox.cwd, "part", "tool", "tests")));
    assert.ok(existsSync(join(sandbox.cwd, "part", "tool", "__pycache__")));
  });

  test("warns of a project that is not a package, unless it is left out", async () => {
    const folder = join(sandbox.cwd, "plain");
    mkdirSync(folder);
    writeFileSync(
      join(folder, "pyproject.toml"),
      '[project]\nname = "plain"\nversion = "1.0"\ndependencies = []\n',
    );
    const warning = /the project `plain` is not a package/;
    assert.match(await exported(["--target", "with"], { cwd: folder }), warning);
    assert.doesNotMatch(
      await exported(["--target", "without", "--no-install-project"], { cwd: folder }),
      warning,
    );
  });

  test("writes the same zip everywhere, with the packages at its root", async () => {
    await exported(["--target", "one.zip", "tool"]);
    using other = await newSandbox();
    const env = { UV_DEFAULT_INDEX: index.url, TZ: "Asia/Tokyo" };
    const shell = 'umask 077; exec "$@"';
    const again = await other.posy(["export", "--target", "two.zip", "tool"], { env, shell });
    assert.equal(again.status, 0, again.stderr);
    const bytes = readFileSync(join(sandbox.cwd, "one.zip"));
    assert.ok(bytes.equals(readFileSync(join(other.cwd, "two.zip"))));
    const unzip = "import sys, zipfile; print(*sorted(zipfile.ZipFile(sys.argv[1]).namelist()), sep='\\n')";
    const names = execFileSync(python, ["-c", unzip, join(sandbox.cwd, "one.zip")], { encoding: "utf8" });
    assert.ok(["dep.py", "tool/main.py", "bin/tool"].every((name) => names.split("\n").includes(name)));
  });

  test("needs no interpreter, neither here nor for the other platform", async () => {
    using other = await newSandbox({ interpreter: false });
    const args = ["export", "--target", "win", "--platform", "windows-x86_64", "--python-version", "3.12"];
    const run = await other.posy([...args, "native", "tool"], { env: { UV_DEFAULT_INDEX: index.url } });
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stderr, /for windows-x86_64 and Python 3\.12/);
    const names = readdirSync(join(other.cwd, "win")).filter((name) => !/^posy-|dist-info$/.test(name));
    assert.deepEqual(names.sort(), ["dep.py", "native.pyd", "share", "tool"]);
    assert.ok(!existsSync(join(other.home, "data", "pythons-v1")));
  });

  test("fills an empty folder, replaces an earlier export with `--force`, and refuses any other folder", async () => {
    mkdirSync(join(sandbox.cwd, "empty"));
    await exported(["--target", "empty"]);
    assertFailed(await posy(["export", "--target", "empty"]), 1, /has an earlier export/, /--force/);
    await exported(["--target", "empty", "--force"]);
    mkdirSync(join(sandbox.cwd, "full"));
    writeFileSync(join(sandbox.cwd, "full", "mine.txt"), "");
    assertFailed(await posy(["export", "--target", "full"]), 1, /is not empty/);
    assert.ok(statSync(join(sandbox.cwd, "full", "mine.txt")).isFile());
  });

  test("refuses options that need an interpreter or another output", async () => {
    for (const option of [
      ["--dir", "x"],
      ["--zip", "x.zip"],
      ["--app", "tool"],
      ["--python-only"],
      ["--windowed"],
    ]) {
      const run = await posy(["export", "--target", "refused", ...option]);
      assertFailed(run, 2, new RegExp(`\`${option[0]}\` can't be combined with \`--target\``));
    }
    assertFailed(await posy(["export", "--target", "refused", "--format", "pylock"]), 2, /is for texts/);
    assert.ok(!existsSync(join(sandbox.cwd, "refused")));
  });
});
