import assert from "node:assert/strict";
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const printFolder = ["python", "-c", "import os; print(os.getcwd(), os.environ.get('PWD'))"];
const offline = { UV_NO_INDEX: "1" };

function project(sandbox: Sandbox, name: string): string {
  const folder = join(sandbox.cwd, name);
  mkdirSync(join(folder, "below"), { recursive: true });
  const text = `[project]\nname = "${name}"\nversion = "1"\nrequires-python = ">=3.9"\n[tool.posy.commands]\nwhere = "python -c 'import os, sys; print(os.getcwd(), sys.argv[1:])'"\n`;
  writeFileSync(join(folder, "pyproject.toml"), text);
  return realpathSync(folder);
}

describe("global options", () => {
  const commands = [["cache", "dir"], ["cache", "size"], ["python", "dir"], ["tree"], ["run", "--list"]];
  for (const command of commands) {
    test(`stand before and after \`posy ${command.join(" ")}\``, async () => {
      using sandbox = await newSandbox({ interpreter: false });
      project(sandbox, "a");
      await sandbox.posy(["lock", "-C", "a", "--no-index"]);
      const plain = await sandbox.posy(command, { cwd: join(sandbox.cwd, "a") });
      assert.equal(plain.status, 0, plain.stderr);
      const globals = ["-v", "-q", "--color", "never", "--offline", "-C", "a", "--project", "below"];
      const [first = "", ...others] = command;
      const forms = [
        [...globals, ...command],
        [...command, ...globals],
        ["-q", first, ...globals.slice(2), ...others],
      ];
      for (const form of forms) {
        const run = await sandbox.posy(form);
        assert.deepEqual([run.status, run.stdout], [0, plain.stdout], `${form.join(" ")}: ${run.stderr}`);
      }
    });
  }

  test("before `posy run` start warm as after it, and leave the arguments of the program alone", async () => {
    using sandbox = await newSandbox();
    const program = ["python", "-c", "import sys; print(sys.argv[1:])", "-v", "-C", "x", "--project", "y"];
    const printed = "['-v', '-C', 'x', '--project', 'y']\n";
    assertPrinted(await sandbox.posy(["run", ...program], { env: offline }), printed);
    // With `-v`, a start that is not warm prints what it does.
    for (const form of [
      ["-v", "run"],
      ["run", "-v"],
      ["--offline", "-v", "run"],
      ["--color=never", "run"],
    ]) {
      const run = await sandbox.posy([...form, ...program], { env: offline });
      assertPrinted(run, printed);
      assert.equal(run.stderr, "", "the start was warm");
    }
  });

  test("-C changes the folder before anything else, also for a warm start and for `PWD`", async () => {
    using sandbox = await newSandbox();
    const folder = project(sandbox, "a");
    const env = { ...offline, PWD: sandbox.cwd };
    for (const form of [
      ["-C", "a", "run"],
      ["run", "-C", "a"],
      ["--directory=a", "run"],
      ["run", "-vC", "a"],
    ]) {
      const run = await sandbox.posy([...form, ...printFolder], { env });
      assertPrinted(run, `${folder} ${folder}\n`);
    }
    assertPrinted(
      await sandbox.posy(["-C", "a", "-C", "below", "where", "-C", "x"], { env }),
      `${folder} ['-C', 'x']\n`,
    );
    const { stdout } = await sandbox.posy(["-C", "a", "--help"]);
    assert.match(stdout, /Commands of this project:\n {2}where/);
    for (const form of [
      ["-C", "none", "tree"],
      ["tree", "-C", "none"],
      ["run", "-C", "none"],
    ]) {
      assertFailed(await sandbox.posy(form), 1, /`-C` names `[^`]*none`, which is no folder/);
    }
  });

  test("--project chooses the project, and the current folder stays", async () => {
    using sandbox = await newSandbox();
    const a = project(sandbox, "a");
    const b = project(sandbox, "b");
    const cwd = realpathSync(sandbox.cwd);
    const program = ["python", "-c", "import os, sys; print(os.getcwd(), os.environ['VIRTUAL_ENV'])"];
    for (const form of [
      ["--project", "a", "run"],
      ["run", "--project=a"],
      ["--project", "b", "run", "--project", "a"],
    ]) {
      // The second time is a warm start.
      for (const _ of [1, 2]) {
        const { stdout, stderr } = await sandbox.posy([...form, ...program], { env: offline });
        assert.match(stdout, new RegExp(`^${cwd} `), stderr);
        const { stdout: path } = await sandbox.posy(["env", "--path", "-C", "a"], { env: offline });
        assert.equal(stdout, `${cwd} ${path}`);
      }
    }
    assertPrinted(await sandbox.posy(["--project", "a", "where", "x"], { env: offline }), `${a} ['x']\n`);
    assertPrinted(
      await sandbox.posy(["run", "--project", "../b", "where"], { env: offline, cwd: a }),
      `${b} []\n`,
    );
    const pinned = await sandbox.posy(["python", "pin", "3", "--project", "a"], { env: offline });
    assert.match(pinned.stdout, new RegExp(`^${join(a, ".python-version")}: 3`), pinned.stderr);
    const exported = await sandbox.posy(["export", "--project", "b", "-o", "out.txt"], { env: offline });
    assert.equal(exported.status, 0, exported.stderr);
    assertFailed(
      await sandbox.posy(["tree", "--project", "none"]),
      1,
      /`--project` names `[^`]*none`, which is no folder/,
    );
    assertPrinted(await sandbox.posy(["version", "--short", "--project", "b"]), "1\n");
    assertFailed(await sandbox.posy(["version", "--project", "."]), 1, /is in no project/);
    assertFailed(await sandbox.posy(["tree", "--project", "."]), 1, /is in no project/);
  });

  test("-C KEY=VALUE after a command is a build setting, as in pip and uv", async () => {
    using sandbox = await newSandbox();
    const folder = join(sandbox.cwd, "p");
    mkdirSync(folder);
    writeFileSync(
      join(folder, "pyproject.toml"),
      '[project]\nname = "p"\nversion = "1"\n[build-system]\nrequires = []\nbuild-backend = "b"\nbackend-path = ["."]\n',
    );
    writeFileSync(
      join(folder, "b.py"),
      'def build_wheel(folder, config_settings=None, metadata_directory=None):\n    raise SystemExit("settings: %s" % sorted(config_settings.items()))\n',
    );
    for (const form of [
      ["build", "--wheel", "-C", "a=1", "--config-setting", "b=2"],
      ["-C", ".", "build", "--wheel", "-Ca=1", "-C", "b=2"],
    ]) {
      const run = await sandbox.posy([...form, "p"], { env: offline });
      assert.match(run.stderr, /settings: \[\('a', '1'\), \('b', '2'\)\]/);
    }
  });
});

describe("an unknown option or command", () => {
  test("is an error that names the nearest known one", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    project(sandbox, "a");
    const lines: readonly (readonly [string, RegExp, RegExp])[] = [
      ["runn python -V", /unknown command `runn`/, /`run`/],
      ["-v runn python -V", /unknown command `runn`/, /`run`/],
      ["-C a wher", /unknown command `wher`/, /`where`/],
      ["--project a wher", /unknown command `wher`/, /`where`/],
      ["python lst", /unknown command `lst`/, /`list`/],
      ["help python lst", /unknown command `lst`/, /`list`/],
      ["--nosuch run python -V", /unknown option `--nosuch`/, /`posy --help`/],
      ["--ofline run", /unknown option `--ofline`/, /`--offline`/],
      ["--with black run black", /unknown option `--with`/, /`posy run --with`/],
      ["-x run", /unknown option `-x`/, /`posy --help`/],
      ["run --wth black", /unknown option `--wth`/, /`--with`/],
      ["cache dir --jsn", /unknown option `--jsn`/, /`--json`/],
      ["python --jsn", /unknown option `--jsn`/, /./],
      ["lock --prject a", /unknown option `--prject`/, /`--project`/],
      ["--color", /`--color` needs a value/, /./],
    ];
    for (const [line, says, hints] of lines) {
      assertFailed(await sandbox.posy(line.split(" ")), 2, says, hints);
    }
  });
});

test("posy help NAME describes a command of the project", async () => {
  using sandbox = await newSandbox({ interpreter: false });
  project(sandbox, "a");
  const run = await sandbox.posy(["-C", "a", "help", "where"]);
  assert.match(run.stdout, /^Usage: posy where \[argument\.\.\.\]\n\npython -c /);
});
