import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type IndexFile, startIndex } from "../support/index-server.ts";
import { makePybi } from "../support/make-pybi.ts";
import { assertFailed, newSandbox, type PosyOptions } from "../support/posy.ts";

/** Versions that exist only in the index of the test. Each is a shell script that prints its version. */
const pybi = (version: string): IndexFile => ({
  ...makePybi({
    version,
    files: {
      [`bin/python${version.split(".").slice(0, 2).join(".")}`]: {
        data: `#!/bin/sh\necho ${version} "$@"\n`,
        mode: 0o100755,
      },
    },
  }),
  project: "cpython-unofficial",
});

async function start(versions: readonly string[], options: { readonly interpreter?: boolean } = {}) {
  const index = await startIndex({ files: versions.map(pybi) });
  const sandbox = await newSandbox(options);
  const bin = join(sandbox.root, "bin");
  const env = { POSY_TOOL_BIN_DIR: bin, PATH: `${bin}:/usr/bin:/bin` };
  return {
    index,
    sandbox,
    bin,
    posy: (args: readonly string[], run: PosyOptions = {}) =>
      sandbox.posy(args, { ...run, env: { ...env, ...run.env } }),
    pythons: (...args: readonly string[]) =>
      sandbox.posy(["python", ...args, "--python-index", index.url], { env }),
    /** Starts a launcher. */
    launch: (name: string, args: readonly string[] = [], more: NodeJS.ProcessEnv = {}, cwd = sandbox.cwd) =>
      spawnSync(join(bin, name), args, {
        encoding: "utf8",
        cwd,
        env: {
          ...env,
          POSY_HOME: sandbox.home,
          HOME: join(sandbox.root, "user"),
          POSY_PYTHON_MIRROR: "off",
          ...more,
        },
      }),
    async [Symbol.asyncDispose]() {
      sandbox[Symbol.dispose]();
      await index[Symbol.asyncDispose]();
    },
  };
}

const windows = process.platform === "win32";

describe("posy python install --bin", { skip: windows }, () => {
  test("installs a program for each minor version, which follows upgrades", async () => {
    await using box = await start(["3.90.1", "3.91.0"], { interpreter: false });
    const run = await box.pythons("install", "3.90", "3.91", "--bin");
    assert.match(run.stdout, /installed .*bin\/python3\.90\ninstalled .*bin\/python3\.91\n$/);
    assert.equal(box.launch("python3.90", ["x y"]).stdout, "3.90.1 x y\n");
    assert.equal(box.launch("python3.91").stdout, "3.91.0\n");
    assert.ok(!existsSync(join(box.bin, "python")));
    box.index.add(pybi("3.90.2"));
    assert.equal((await box.pythons("upgrade", "3.90")).status, 0);
    assert.equal(box.launch("python3.90").stdout, "3.90.2\n");
  });

  test("leaves the Pythons of the programs in the store when it is cleaned", async () => {
    await using box = await start(["3.90.1", "3.91.0"], { interpreter: false });
    await box.pythons("install", "3.90", "--bin");
    await box.pythons("install", "3.91");
    assert.equal((await box.posy(["cache", "clean"])).status, 0);
    assert.equal(box.launch("python3.90").stdout, "3.90.1\n");
    assert.doesNotMatch((await box.pythons("list", "3.91")).stdout, /in the store/);
  });

  test("replaces a program of another owner only with `--force`", async () => {
    await using box = await start(["3.90.1"], { interpreter: false });
    mkdirSync(box.bin);
    writeFileSync(join(box.bin, "python3"), "mine\n");
    const refused = await box.pythons("install", "3.90", "--default");
    assertFailed(refused, 73, /bin\/python3` exists already, and was not installed by Posy/, /--force/);
    assert.equal(readFileSync(join(box.bin, "python3"), "utf8"), "mine\n");
    assert.ok(!existsSync(join(box.bin, "python3.90")));
    assert.equal((await box.pythons("install", "3.90", "--default", "--force")).status, 0);
    assert.match(readFileSync(join(box.bin, "python3"), "utf8"), /launcher of Posy/);
    // Its own programs are replaced without it.
    assert.equal((await box.pythons("install", "3.90", "--default")).status, 0);
  });

  test("is undone by `posy python uninstall`, unless another patch release is there", async () => {
    await using box = await start(["3.90.1", "3.90.2", "3.91.0"], { interpreter: false });
    await box.pythons("install", "3.90.1", "3.91", "--bin");
    await box.pythons("install", "3.90.2", "--default");
    assert.equal((await box.posy(["python", "uninstall", "3.90.2"])).status, 0);
    assert.equal(box.launch("python3.90").stdout, "3.90.1\n");
    assert.ok(existsSync(join(box.bin, "python")));
    const last = await box.posy(["python", "uninstall", "3.90"]);
    assert.match(last.stdout, /removed .*bin\/python3\.90\n/);
    for (const name of ["python", "python3", "python3.90"]) assert.ok(!existsSync(join(box.bin, name)), name);
    assert.equal(box.launch("python3.91").stdout, "3.91.0\n");
    writeFileSync(join(box.bin, "python3.91"), "mine\n");
    assert.equal((await box.posy(["python", "uninstall", "--all"])).status, 0);
    assert.equal(readFileSync(join(box.bin, "python3.91"), "utf8"), "mine\n");
  });

  test("prints the programs as JSON, and refuses several defaults", async () => {
    await using box = await start(["3.90.1"], { interpreter: false });
    const run = await box.pythons("install", "3.90", "--default", "--json");
    const [result] = JSON.parse(run.stdout) as [{ readonly programs: readonly string[] }];
    assert.deepEqual(
      result.programs,
      ["python3.90", "python", "python3"].map((name) => join(box.bin, name)),
    );
    assertFailed(await box.pythons("install", "3.90", "3.91", "--default"), 2, /`--default` installs one/);
  });

  test("warns if the folder is not on the PATH", async () => {
    await using box = await start(["3.90.1"], { interpreter: false });
    const run = await box.sandbox.posy(
      ["python", "install", "3.90", "--bin", "--python-index", box.index.url],
      { env: { POSY_TOOL_BIN_DIR: box.bin } },
    );
    assert.match(run.stderr, /is not on the PATH/);
    assert.match(run.stderr, /posy tool update-shell/);
  });
});

describe("the program `python` of `posy python install --default`", { skip: windows }, () => {
  test("starts the default outside of projects, and the project's environment inside", async () => {
    await using box = await start([]);
    assert.equal((await box.posy(["python", "install", "--default"])).status, 0);
    const prefix = ["-c", "import sys; print(sys.prefix, sys.argv[1:])", "a b"];
    const outside = box.launch("python", prefix);
    assert.match(outside.stdout, /envs-v1\/cpython-.* \['a b'\]\n$/, outside.stderr);
    assert.equal(box.launch("python3", prefix).stdout, outside.stdout);
    writeFileSync(
      join(box.sandbox.cwd, "pyproject.toml"),
      '[project]\nname = "p"\nversion = "1"\nrequires-python = ">=3.8"\n',
    );
    mkdirSync(join(box.sandbox.cwd, "sub"));
    const locked = await box.posy(["run", "--", "python", ...prefix]);
    for (let time = 0; time < 2; time += 1) {
      const inside = box.launch("python", prefix, {}, join(box.sandbox.cwd, "sub"));
      assert.equal(inside.stdout, locked.stdout, inside.stderr);
    }
  });

  test("starts a script by its `#!` line, also when the script is started directly", async () => {
    await using box = await start(["3.90.1"]);
    assert.equal((await box.posy(["python", "install", "--default"])).status, 0);
    await box.pythons("install", "3.90");
    const script = join(box.sandbox.cwd, "script");
    writeFileSync(script, "#!/usr/bin/env python3\nimport sys\nprint(sys.argv[1:])\n", { mode: 0o755 });
    assert.equal(box.launch("python", [script, "x"]).stdout, "['x']\n");
    const { stdout } = spawnSync(script, ["y"], {
      encoding: "utf8",
      env: {
        PATH: `${box.bin}:/usr/bin:/bin`,
        POSY_HOME: box.sandbox.home,
        HOME: box.sandbox.root,
        POSY_PYTHON_MIRROR: "off",
      },
    });
    assert.equal(stdout, "['y']\n");
    writeFileSync(script, "#!/usr/bin/env python3.90\n");
    assert.match(box.launch("python", [script, "x"]).stdout, /^(fake|3\.90\.1) .*script x\n$/);
    assert.match(box.launch("python", ["-3.90", "-V"]).stdout, /^(fake|3\.90\.1) -V\n$/);
  });

  test("explains which Python it meant if that cannot be started", async () => {
    await using box = await start([]);
    assert.equal((await box.posy(["python", "install", "--default"])).status, 0);
    const old = box.launch("python", ["-2.7", "x.py"]);
    assert.match(
      old.stderr,
      /^error: no Python that meets `2\.7`.*\nhint: .*\nnote: .*because `-2\.7` asks/s,
    );
    assert.equal(old.status, 1);
    const unknown = box.launch("python", ["-V:Anaconda/py39"]);
    assert.match(unknown.stderr, /^error: .*names no Python that Posy knows\nhint: `python --list`/);
    assert.equal(unknown.status, 2);
    writeFileSync(join(box.sandbox.cwd, "pyproject.toml"), "[project]\nbroken = \n");
    const broken = box.launch("python", ["x.py"]);
    assert.match(broken.stderr, /note: .*because the folder is in the project .*`python -3\.\d+` starts/);
    assert.match(box.launch("python", ["-h"]).stdout, /^This `python` is a launcher of Posy/);
  });

  test("refuses pip, and is no Python of this machine for Posy", async () => {
    await using box = await start([]);
    assert.equal((await box.posy(["python", "install", "--default"])).status, 0);
    const pip = box.launch("python", ["-m", "pip", "install", "six"]);
    assert.match(pip.stderr, /^error: .*would change an environment.*\nhint: `posy add six`[^\n]*\n$/);
    const listed = await box.posy(["python", "list"]);
    assert.equal(listed.status, 0, listed.stderr);
    assert.ok(!listed.stdout.includes(box.bin), listed.stdout);
    const doctor = await box.posy(["doctor", "--offline"]);
    assert.match(doctor.stdout, /`python` is `.*bin\/python`, a launcher of Posy/);
  });

  test("has a Python whose virtual environments start", async () => {
    await using box = await start([]);
    const installed = await box.posy(["python", "install", "--bin", "--json"]);
    const [{ programs }] = JSON.parse(installed.stdout) as [{ readonly programs: readonly string[] }];
    const [program = ""] = programs;
    const venv = join(box.sandbox.cwd, "venv");
    assert.equal(spawnSync(program, ["-m", "venv", "--without-pip", venv]).status, 0);
    const run = spawnSync(join(venv, "bin", "python"), ["-c", "import sys; print(sys.base_prefix)"], {
      encoding: "utf8",
    });
    assert.match(run.stdout, /launchers-v1\/3\.\d+\/python\n$/, run.stderr);
  });

  test("says what to do if Posy is gone", async () => {
    await using box = await start(["3.90.1"], { interpreter: false });
    await box.pythons("install", "3.90", "--bin");
    const launcher = join(box.bin, "python3.90");
    writeFileSync(launcher, readFileSync(launcher, "utf8").replaceAll("launchers-v1", "gone"));
    const run = box.launch("python3.90");
    assert.equal(run.status, 127);
    assert.match(run.stderr, /^error: .*gone\nhint: `posy python install --bin`/);
  });
});
