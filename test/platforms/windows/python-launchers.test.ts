import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { newWindowsSandbox, type WindowsSandbox } from "../support/windows-sandbox.ts";
import { runWine, windowsPath, withoutWine } from "../support/wine.ts";

const version = "import sys; print(sys.version_info[:2], sys.argv[1:])";

describe("the programs of a Python on Windows", { skip: withoutWine }, () => {
  let sandbox: WindowsSandbox;
  let bin: string;

  before(async () => {
    sandbox = await newWindowsSandbox();
    bin = join(sandbox.root, "bin é");
  });
  after(() => sandbox[Symbol.dispose]());

  const posy = (...args: readonly string[]) =>
    sandbox.posy(args, { env: { POSY_TOOL_BIN_DIR: windowsPath(bin) } });

  /** Starts a launcher in a folder, as a shell of Windows does. */
  const launch = (name: string, args: readonly string[], cwd = sandbox.cwd) =>
    runWine(windowsPath(join(bin, `${name}.exe`)), args, {
      cwd,
      env: {
        POSY_HOME: windowsPath(sandbox.home),
        POSY_PYTHON_MIRROR: "off",
        UV_OFFLINE: "1",
        VIRTUAL_ENV: "",
      },
    });

  test("are installed with `--default`, and start it with their arguments", async () => {
    const run = await posy("python", "install", "3.14", "--default");
    assert.equal(run.status, 0, run.stderr);
    assert.deepEqual(readdirSync(bin).sort(), ["python.exe", "python3.14.exe", "python3.exe"]);
    for (const name of ["python3.14", "python", "python3"]) {
      const started = await launch(name, ["-c", version, "a b", 'say "hi"']);
      assert.equal(started.stdout, `(3, 14) ['a b', 'say "hi"']\r\n`, started.stderr);
    }
    assert.equal((await launch("python3.14", ["-c", "raise SystemExit(7)"])).status, 7);
    assert.equal((await launch("python", ["-c", "raise SystemExit(7)"])).status, 7);
  });

  test("take a version as the py launcher does, and list the Pythons", async () => {
    const started = await launch("python", ["-3.14", "-c", version]);
    assert.equal(started.stdout, "(3, 14) []\r\n", started.stderr);
    const listed = await launch("python", ["-0"]);
    assert.match(listed.stdout, /cpython 3\.14\.\d+ +windows-x86_64/);
    const refused = await launch("python", ["-3.14-32", "-c", version]);
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /asks for a Python of 32 bits/);
  });

  test("start the environment of the project that the folder is in", async () => {
    const folder = join(sandbox.cwd, "project");
    mkdirSync(folder);
    writeFileSync(join(folder, "pyproject.toml"), '[project]\nname = "p"\nversion = "1"\n');
    const code = "import sys; print(sys.prefix != sys.base_prefix)";
    assert.equal((await launch("python", ["-c", code], folder)).stdout, "True\r\n");
    assert.ok(existsSync(join(folder, "pylock.toml")));
  });

  test("are removed with their Python", async () => {
    const run = await posy("python", "uninstall", "3.14");
    assert.equal(run.status, 0, run.stderr);
    assert.deepEqual(readdirSync(bin), []);
  });

  test("`tool update-shell` says what to do without PowerShell, which Wine does not have", async () => {
    const run = await posy("tool", "update-shell");
    assert.equal(run.status, 73, run.stdout);
    assert.match(run.stderr, /PowerShell could not add `.*bin é` to the PATH of your account/);
    assert.match(run.stderr, /hint: add it to `Path` in the environment variables of your account/);
  });
});
