import assert from "node:assert/strict";
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { startIndex, type IndexFile } from "../support/index-server.ts";
import { makePybi } from "../support/make-pybi.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox, type PosyOptions } from "../support/posy.ts";

/** Versions that exist only in the index of the test. */
const pybi = (version: string): IndexFile => ({ ...makePybi({ version }), project: "cpython-unofficial" });
const files = ["3.90.1", "3.90.2", "3.91.0"].map(pybi);
const bare = () => newSandbox({ interpreter: false });

function write(sandbox: Sandbox, path: string, text: string): void {
  mkdirSync(join(sandbox.root, path, ".."), { recursive: true });
  writeFileSync(join(sandbox.root, path), text);
}

/** Returns the Python version of a run, from the name of its Env, and asserts that a warm start has the same. */
async function pythonOf(
  sandbox: Sandbox,
  index: string,
  options: PosyOptions = {},
  ...own: string[]
): Promise<string> {
  const args = [
    "run",
    "--no-project",
    "--python-index",
    index,
    ...own,
    "--",
    "sh",
    "-c",
    'echo "$VIRTUAL_ENV"',
  ];
  const first = await sandbox.posy(args, options);
  assert.equal(first.status, 0, first.stderr);
  assertPrinted(await sandbox.posy(args, options), first.stdout);
  return basename(first.stdout.trim()).split("-")[1] ?? "";
}

describe("a .python-version", { skip: process.platform === "win32" }, () => {
  test("selects the Python on cold and warm starts, from the current folder or one above, and after each change", async () => {
    await using index = await startIndex({ files });
    using sandbox = await bare();
    const cwd = join(sandbox.cwd, "a", "b");
    mkdirSync(cwd, { recursive: true });
    // `newSandbox` writes a workspace there. The search for a version file would stop at it.
    rmSync(join(sandbox.root, "pyproject.toml"));
    write(sandbox, ".python-version", "3.90.1\n");
    const python = () => pythonOf(sandbox, index.url, { cwd });
    assert.equal(await python(), "3.90.1");
    write(sandbox, ".python-version", "3.90\n");
    assert.equal(await python(), "3.90.2");
    write(sandbox, "cwd/.python-versions", "3.91\n3.90\n");
    assert.equal(await python(), "3.91.0");
    write(sandbox, "cwd/a/b/.python-version", "# mine\n3.90.1\n3.91\n");
    assert.equal(await python(), "3.90.1");
    rmSync(join(cwd, ".python-version"));
    assert.equal(await python(), "3.91.0");
    // The search stops at the folder of the project, so the global pin applies.
    write(sandbox, "cwd/a/pyproject.toml", "[project]\nname = 'x'\n");
    write(sandbox, "home/config/.python-version", "3.90.1\n");
    assert.equal(await python(), "3.90.1");
    rmSync(join(sandbox.cwd, "a", "pyproject.toml"));
    assert.equal(await python(), "3.91.0");
  });

  test("is overridden by variables and by `--python`", async () => {
    await using index = await startIndex({ files });
    using sandbox = await bare();
    write(sandbox, "cwd/.python-version", "3.90.1\n");
    assert.equal(await pythonOf(sandbox, index.url, {}, "--python", "3.91"), "3.91.0");
    assert.equal(await pythonOf(sandbox, index.url, { env: { POSY_PYTHON: "3.90.2" } }), "3.90.2");
    assert.equal(await pythonOf(sandbox, index.url, { env: { UV_PYTHON: "3.91" } }), "3.91.0");
    assert.equal(await pythonOf(sandbox, index.url, { env: { UV_NO_CONFIG: "1" } }, "-p", "3.90"), "3.90.2");
  });

  test("applies to every command that has `--python`", async () => {
    await using index = await startIndex({ files });
    using sandbox = await bare();
    write(sandbox, "cwd/.python-version", "3.90.1\n");
    const source = ["--python-index", index.url];
    const env = await sandbox.posy(["env", ...source, "--json"]);
    assert.equal((JSON.parse(env.stdout) as { pythonVersion: string }).pythonVersion, "3.90.1");
    const found = await sandbox.posy(["python", "find", ...source, "--json"]);
    assert.match(found.stdout, /"version": "3\.90\.1"/);
    const other = await sandbox.posy(["python", "find", "3.91", ...source, "--json"]);
    assert.match(other.stdout, /"version": "3\.91\.0"/);
    await using packages = await startIndex({ files: [makeWheel({ name: "foo" })] });
    const resolved = ["resolve", "foo", ...source, "--default-index", packages.url, "--json"];
    assert.match((await sandbox.posy(resolved)).stdout, /"version": "3\.90\.1"/);
    const described = await sandbox.posy([...resolved, "--python-version", "3.12"]);
    assert.match(described.stdout, /"version": "3\.12\.0"/);
  });

  test("may have names of pyenv environments, which are ignored with a warning", async () => {
    await using index = await startIndex({ files });
    using sandbox = await bare();
    write(sandbox, "cwd/.python-version", "my-env\n3.91\n");
    const path = join(sandbox.cwd, ".python-version");
    const run = await sandbox.posy(["python", "find", "--python-index", index.url, "--json"]);
    assert.match(run.stdout, /"version": "3\.91\.0"/);
    assert.ok(run.stderr.startsWith(`warning: \`${path}\`, line 1, is ignored: \`my-env\``), run.stderr);
    const told = await sandbox.posy(["python", "find", "--python-index", index.url, "-v"]);
    assert.ok(told.stderr.includes(`debug: \`${path}\` asks for Python \`3.91\``), told.stderr);
  });

  test("is named in an error about its version", async () => {
    using sandbox = await bare();
    const path = join(sandbox.cwd, ".python-version");
    for (const command of [["run"], ["resolve", "foo"], ["python", "find"]]) {
      write(sandbox, "cwd/.python-version", "3.99\n");
      const none = await sandbox.posy(command);
      assertFailed(none, 1, /`3\.99`/);
      assert.ok(none.stderr.includes(`(\`${path}\`)`), none.stderr);
      write(sandbox, "cwd/.python-version", "./nowhere\n");
      const nowhere = await sandbox.posy(command);
      assertFailed(nowhere, 1, /there is no `.*nowhere`/);
      assert.ok(nowhere.stderr.includes(`\`${path}\` asks for`), nowhere.stderr);
    }
    write(sandbox, "cwd/.python-version", "\u0000\u0001\n".repeat(40_000));
    assertFailed(
      await sandbox.posy(["run"]),
      2,
      /\.python-version` is not a list of Python versions/,
      /pin 3\.13/,
    );
    const variable = await sandbox.posy(["run"], { env: { POSY_PYTHON: "3.98" } });
    assertFailed(variable, 1, /`3\.98` \(`POSY_PYTHON`\)/);
  });

  test("is named in the error when packages need another Python", async () => {
    const foo = makeWheel({ name: "foo", metadata: ["Requires-Python: >=3.99"] });
    await using packages = await startIndex({ files: [{ ...foo, requiresPython: ">=3.99" }] });
    await using index = await startIndex({ files });
    using sandbox = await bare();
    write(sandbox, "cwd/.python-version", "3.90\n");
    const sources = ["--python-index", index.url, "--default-index", packages.url];
    const run = await sandbox.posy(["run", ...sources, "--with", "foo"]);
    assertFailed(run, 1, /no versions fit/);
    const path = join(sandbox.cwd, ".python-version");
    assert.ok(run.stderr.includes(`\`${path}\` asks for Python \`3.90\``), run.stderr);
  });
});

describe("posy python pin", { skip: process.platform === "win32" }, () => {
  test("writes, shows, changes and removes the pin of this folder", async () => {
    using sandbox = await bare();
    const path = join(sandbox.cwd, ".python-version");
    const pin = (...args: string[]) => sandbox.posy(["python", "pin", ...args]);
    assertFailed(await pin(), 1, /no version file here or above/, /posy python pin 3\.13/);
    assertPrinted(await pin("3.13"), `${path}: 3.13\n`);
    assert.equal(readFileSync(path, "utf8"), "3.13\n");
    assertPrinted(await pin(), "3.13\n");
    assertPrinted(await pin("3.12"), `${path}: 3.13 → 3.12\n`);
    assertPrinted(await pin("--resolved", "3.12.1"), `${path}: 3.12 → 3.12.1\n`);
    const shown = JSON.parse((await pin("--json")).stdout) as unknown;
    assert.deepEqual(shown, { path, global: false, requests: ["3.12.1"] });
    assertPrinted(await pin("--rm"), `${path}: removed\n`);
    assert.ok(!existsSync(path));
    assertFailed(await pin("--rm"), 1, /no version file here or above/);
    assertFailed(await pin("--rm", "3.12"), 2, /takes no other/);
  });

  test("shows a pin from a folder above, and writes to the current folder", async () => {
    using sandbox = await bare();
    const cwd = join(sandbox.cwd, "below");
    mkdirSync(cwd);
    write(sandbox, "cwd/.python-version", "3.12\n3.13\n");
    const pin = (...args: string[]) => sandbox.posy(["python", "pin", ...args], { cwd });
    assertPrinted(await pin(), "3.12\n3.13\n");
    assertPrinted(await pin("3.13"), `${join(cwd, ".python-version")}: 3.13\n`);
    assert.equal(readFileSync(join(sandbox.cwd, ".python-version"), "utf8"), "3.12\n3.13\n");
  });

  test("keeps comments and follows links", async () => {
    using sandbox = await bare();
    write(sandbox, "dotfiles/version", "# for the server\n3.12\n\n# and\n3.11\n");
    const path = join(sandbox.cwd, ".python-version");
    symlinkSync(join(sandbox.root, "dotfiles", "version"), path);
    assertPrinted(await sandbox.posy(["python", "pin", "3.13"]), `${path}: 3.12 → 3.13\n`);
    assert.ok(lstatSync(path).isSymbolicLink());
    assert.equal(readFileSync(path, "utf8"), "# for the server\n3.13\n\n# and\n");
  });

  test("--resolved writes the resolved version", async () => {
    await using index = await startIndex({ files });
    using sandbox = await bare();
    const path = join(sandbox.cwd, ".python-version");
    const pin = (...args: string[]) =>
      sandbox.posy(["python", "pin", ...args, "--python-index", index.url, "--resolved"]);
    assertPrinted(await pin("3.90"), `${path}: 3.90.2\n`);
    write(sandbox, "cwd/.python-version", "<3.91,>3.80\n");
    assertPrinted(await pin(), `${path}: <3.91,>3.80 → 3.90.2\n`);
  });

  test("--global sets the pin for folders without one", async () => {
    await using index = await startIndex({ files });
    using sandbox = await bare();
    const path = join(sandbox.home, "config", ".python-version");
    const pin = (...args: string[]) => sandbox.posy(["python", "pin", ...args]);
    assertFailed(await pin("--global"), 1, /there is no global pin/, /pin --global 3\.13/);
    const written = await pin("--global", "3.90.1", "--python-index", index.url);
    assertPrinted(written, `${path}: 3.90.1\n`);
    assertPrinted(await pin(), "3.90.1\n");
    assert.equal(await pythonOf(sandbox, index.url), "3.90.1");
    assertFailed(await pin("--rm"), 1, /no version file here or above/, /--rm --global/);
    write(sandbox, "cwd/.python-version", "3.90.2\n");
    assert.equal(await pythonOf(sandbox, index.url), "3.90.2");
    assertPrinted(await pin("--global"), "3.90.1\n");
    assertPrinted(await pin("--rm", "--global"), `${path}: removed\n`);
    assert.ok(!existsSync(path));
  });

  test("rejects a version that does not exist, and suggests similar ones", async () => {
    using sandbox = await bare();
    assertFailed(
      await sandbox.posy(["python", "pin", "3.99"]),
      1,
      /`3\.99` is available/,
      /nearest .*`3\.1\d/,
    );
    assertFailed(await sandbox.posy(["python", "pin", "./nothing"]), 1, /there is no `\.\/nothing`/);
    assertFailed(
      await sandbox.posy(["python", "pin", "system"]),
      2,
      /`system` can't be pinned: .*pyenv uses `system`/,
    );
    assertFailed(await sandbox.posy(["python", "pin", "my-env"]), 2, /`my-env` can't be pinned/);
    assert.ok(!existsSync(join(sandbox.cwd, ".python-version")));
  });

  test("rejects a version outside of `requires-python`, and suggests one that fits", async () => {
    using sandbox = await bare();
    const path = join(sandbox.cwd, ".python-version");
    write(sandbox, "cwd/pyproject.toml", '[project]\nname = "x"\nrequires-python = ">=3.12,<3.13"\n');
    const pin = (...args: string[]) => sandbox.posy(["python", "pin", ...args]);
    assertFailed(
      await pin("3.13"),
      1,
      /`3\.13` comes to Python 3\.13\.\d+, and `.*pyproject\.toml` requires `>=3\.12,<3\.13`/,
      /`3\.12` would fit; `--no-project`/,
    );
    assert.ok(!existsSync(path));
    assertPrinted(await pin("3.12"), `${path}: 3.12\n`);
    assertPrinted(await pin("3.13", "--no-project"), `${path}: 3.12 → 3.13\n`);
    write(sandbox, "cwd/pyproject.toml", '[project]\nname = "x"\nrequires-python = "what"\n');
    assertFailed(await pin("3.12"), 2, /`requires-python` in `.*` can't be read/);
    write(sandbox, "cwd/pyproject.toml", '[project\nname = "x"\n');
    assertFailed(await pin("3.12"), 2, /pyproject\.toml` is not TOML/);
  });

  test("warns when a variable overrides the pin", async () => {
    using sandbox = await bare();
    const run = await sandbox.posy(["python", "pin", "3.13"], { env: { UV_PYTHON: "3.12" } });
    assert.equal(run.status, 0);
    assert.match(run.stderr, /warning: UV_PYTHON is set to `3\.12`, which overrides the pin/);
  });
});
