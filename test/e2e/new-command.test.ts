import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assertFailed, assertPrinted, newSandbox } from "../support/posy.ts";

test("posy new makes a folder with a script that runs", async () => {
  using sandbox = await newSandbox();
  assertPrinted(
    await sandbox.posy(["new", "homework1"]),
    ["pyproject.toml", "README.md", "main.py", ".gitignore"].map((file) => `homework1/${file}\n`).join(""),
  );
  const cwd = join(sandbox.cwd, "homework1");
  assertPrinted(await sandbox.posy(["run", "python", "main.py"], { cwd }), "Hello from homework1!\n");
  assertFailed(await sandbox.posy(["new", "homework1"]), 73, /is not empty/, /another name/);
});

test("posy new follows its options and rejects invalid ones", async () => {
  using sandbox = await newSandbox();
  const made = await sandbox.posy(["new", "a/my-lib", "--build-backend", "flit", "-p", "3.12", "--json"]);
  assert.equal(made.status, 0, made.stderr);
  const { path, files } = JSON.parse(made.stdout) as { path: string; files: string[] };
  assert.equal(path, join(sandbox.cwd, "a", "my-lib"));
  assert.ok(files.includes("src/my_lib/__init__.py"));
  assert.match(readFileSync(join(path, "pyproject.toml"), "utf8"), /requires-python = ">=3.12"[^]*flit_core/);
  assert.equal(readFileSync(join(path, ".python-version"), "utf8"), "3.12\n");
  assertFailed(
    await sandbox.posy(["new", "b", "--build-backend", "hatchlin"]),
    2,
    /does not know/,
    /`hatchling`/,
  );
  assertFailed(await sandbox.posy(["new", "b", "--lib", "--notebook"]), 2, /two kinds/);
  assertFailed(await sandbox.posy(["new", "-b"]), 2, /./);
  assertFailed(await sandbox.posy(["new", "b c"]), 2, /not a valid package name/);
  assertFailed(await sandbox.posy(["new", "."]), 2, /creates a folder/, /posy init/);
  assert.ok(!existsSync(join(sandbox.cwd, "b")));
});

test("posy new warns about the name of a well-known package, and of a module that a library would hide", async () => {
  using sandbox = await newSandbox({ interpreter: false });
  const said = async (...args: readonly string[]) => (await sandbox.posy(["new", ...args])).stderr;
  assert.match(await said("numpy"), /^warning: `numpy` is also the name of a well-known package/);
  assert.match(
    await said("--lib", "yaml"),
    /^warning: `yaml` is the module of the well-known package `pyyaml`/,
  );
  assert.match(await said("--lib", "random"), /^warning: `random` is a module of Python's standard library/);
  for (const args of [["random-walk"], ["json"], ["--lib", "numpy-tools"]])
    assert.equal(await said(...args), "");
});

test("posy new and posy init refuse a Python that does not exist", async () => {
  using sandbox = await newSandbox();
  assertFailed(
    await sandbox.posy(["new", "a", "--python", "3.99"]),
    1,
    /no Python that meets `3\.99`/,
    /nearest/,
  );
  assertFailed(await sandbox.posy(["new", "a", "-p", ">=3.99"]), 1, /no Python that meets `>=3\.99`/);
  assert.ok(!existsSync(join(sandbox.cwd, "a")));
  assertFailed(await sandbox.posy(["init", "-p", "3.99"]), 1, /no Python that meets `3\.99`/);
  assert.ok(!existsSync(join(sandbox.cwd, "pyproject.toml")));
});

test("posy init imports existing requirements, lists them, and changes nothing the second time", async () => {
  using sandbox = await newSandbox();
  const cwd = join(sandbox.cwd, "old");
  mkdirSync(cwd);
  writeFileSync(join(cwd, "requirements.txt"), "rich>=13\n-e .\n");
  writeFileSync(join(cwd, "requirements-dev.txt"), "-r requirements.txt\npytest\n");
  const first = await sandbox.posy(["init"], { cwd });
  assertPrinted(
    first,
    [
      `${join(cwd, "pyproject.toml")}: made\n`,
      "  project.dependencies: 1 from requirements.txt\n",
      "  dependency-groups.dev: 1 from requirements-dev.txt\n",
    ].join(""),
  );
  assert.match(first.stderr, /requirements.txt:2: `-e \.` is the project itself/);
  const text = readFileSync(join(cwd, "pyproject.toml"), "utf8");
  const again = await sandbox.posy(["init"], { cwd });
  assert.match(again.stdout, /unchanged: it is a project already\n {2}name: old\n/);
  assert.equal(readFileSync(join(cwd, "pyproject.toml"), "utf8"), text);
});

test("posy init leaves no file behind when the project can't be read", async () => {
  using sandbox = await newSandbox();
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), '[tool.poetry]\nname = "x"\n');
  assertFailed(await sandbox.posy(["init"]), 2, /only Poetry reads/);
  assert.equal(readFileSync(join(sandbox.cwd, "pyproject.toml"), "utf8"), '[tool.poetry]\nname = "x"\n');
});

test("posy init warns about a line that it can't add, and adds the others", async () => {
  using sandbox = await newSandbox();
  writeFileSync(join(sandbox.cwd, "requirements.txt"), "six>=1.10.*\nidna\n");
  const { status, stderr } = await sandbox.posy(["init"]);
  assert.equal(status, 0);
  assert.match(stderr, /warning: requirements.txt:1: `six>=1.10.\*` is left: /);
  assert.match(readFileSync(join(sandbox.cwd, "pyproject.toml"), "utf8"), /"idna"/);
});
