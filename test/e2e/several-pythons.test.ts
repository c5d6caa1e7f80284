import assert from "node:assert/strict";
import { cpSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { type IndexFile, startIndex, type TestIndex } from "../support/index-server.ts";
import { makePybi } from "../support/make-pybi.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

/** Versions that exist only in the index of the test. Their Pythons are shell scripts, which are never run. */
const pybi = (version: string): IndexFile => ({
  ...makePybi({ version, platformTag: "manylinux_2_17_x86_64" }),
  project: "cpython-unofficial",
});
const files = [
  ...["3.90.1", "3.90.2", "3.91.0", "3.92.0"].map(pybi),
  makeWheel({ name: "lib", version: "1.0", files: { "lib.py": "" } }),
  { ...makeWheel({ name: "lib", version: "2.0", files: { "lib.py": "" } }), requiresPython: ">=3.91" },
];
const newer = makeWheel({ name: "lib", version: "1.5", files: { "lib.py": "" } });

function project(sandbox: Sandbox, lines: readonly string[], requires = ">=3.90"): void {
  const text = [
    "[project]",
    'name = "app"',
    'version = "1"',
    `requires-python = "${requires}"`,
    'dependencies = ["lib"]',
    "[tool.posy]",
    'platforms = ["linux-x86_64"]',
    ...lines,
    "",
  ];
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), text.join("\n"));
}

const lockOf = (sandbox: Sandbox) => readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8");
const targetsOf = (sandbox: Sandbox) =>
  [...lockOf(sandbox).matchAll(/^name = "cpython-(3\.\d+)/gm)].map(([, python]) => python);
const from = ({ url }: TestIndex) => ({ UV_DEFAULT_INDEX: url, POSY_PYTHON_INDEX: url });
/** A program that prints the prefix of the Env and its packages; `told` shortens the output to `3.91.0 lib-2.0`. */
const tell = ["sh", "-c", 'cd "$VIRTUAL_ENV" && pwd -P && cd lib/python*/site-packages && ls -d lib-*'];
const told = (stdout: string) => {
  const [prefix = "", ...packages] = stdout.trim().split("\n");
  return [basename(prefix).split("-")[1], ...packages.map((name) => name.replace(".dist-info", ""))].join(
    " ",
  );
};

const here = process.platform === "linux" && process.arch === "x64";

describe("several Pythons in one lock", { skip: !here }, () => {
  test("the first is the default, and running another asks no index", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    await using index = await startIndex({ files });
    const env = from(index);
    project(sandbox, ['python = ["3.91", "3.90", "3.92"]']);
    const run = async (...own: string[]) => {
      const outcome = await sandbox.posy(["run", ...own, "--", ...tell], { env });
      assert.equal(outcome.status, 0, outcome.stderr);
      return told(outcome.stdout);
    };
    assert.equal(await run(), "3.91.0 lib-2.0");
    assert.deepEqual(targetsOf(sandbox), ["3.91", "3.90", "3.92"]);
    assert.match(lockOf(sandbox), /^version = "1\.0"\nmarker = "python_version == '3\.90'"$/m);
    const [lock, link] = [lockOf(sandbox), readlinkSync(join(sandbox.cwd, ".posy", "env"))];
    const pages = () => index.requests.filter(({ path }) => path.startsWith("/simple/")).length;
    const before = pages();
    assert.equal(await run("--python", "3.90"), "3.90.2 lib-1.0");
    assert.equal(await run("--python", "<3.91"), "3.90.2 lib-1.0");
    assert.equal(await run("--python", "3.92", "--frozen"), "3.92.0 lib-2.0");
    assert.equal(await run("--python", ">=3.90"), "3.91.0 lib-2.0");
    assert.equal(pages(), before);
    const all = index.requests.length;
    assert.equal(await run("--python", "3.90"), "3.90.2 lib-1.0");
    assert.equal(index.requests.length, all);
    // A Python that is not locked gets the locked versions. It changes neither the lock nor the link for editors.
    assert.equal(await run("--python", "3.90.1"), "3.90.1 lib-1.0");
    assert.equal(lockOf(sandbox), lock);
    assert.equal(readlinkSync(join(sandbox.cwd, ".posy", "env")), link);
    assert.equal(link.includes("3.91.0"), true);
  });

  test("the lock does not depend on `--python`, the global pin or variables", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    await using index = await startIndex({ files });
    project(sandbox, []);
    const env = from(index);
    const chosen = await sandbox.posy(["env", "--python", "3.90", "--path"], { env });
    assert.match(chosen.stdout, /cpython-3\.90\.2/, chosen.stderr);
    assert.deepEqual(targetsOf(sandbox), ["3.92"]);
    assert.equal((await sandbox.posy(["python", "pin", "--global", "3.90"], { env })).status, 0);
    const check = await sandbox.posy(["lock", "--check"], { env: { ...env, POSY_PYTHON: "3.91" } });
    assertPrinted(check, "pylock.toml is up to date\n");
  });

  test("a copied project runs with each of them without network", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    project(sandbox, ['python = ["3.91", "3.90"]']);
    {
      await using index = await startIndex({ files });
      for (const python of ["3.91", "3.90"]) {
        await sandbox.posy(["run", "--python", python, "--", "true"], { env: from(index) });
      }
    }
    const copy = join(sandbox.root, "copy");
    cpSync(sandbox.cwd, copy, { recursive: true });
    for (const [python, tells] of [
      ["3.91", "3.91.0 lib-2.0"],
      ["3.90", "3.90.2 lib-1.0"],
    ] as const) {
      const run = await sandbox.posy(["run", "--offline", "--python", python, "--", ...tell], { cwd: copy });
      assert.equal(told(run.stdout), tells, run.stderr);
    }
  });

  test("Pythons of a command are locked after the others, in the environment of the command", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    project(sandbox, [
      'python = "3.92"',
      "[tool.posy.envs.lint]",
      'python = "3.91"',
      "[tool.posy.commands]",
      `show = { run = ["sh", "-c", 'cd "$VIRTUAL_ENV" && cd lib/python*/site-packages && pwd | sed "s/.*python//;s,/.*,," && ls -d lib-*'] }`,
      'matrix = { all = ["show"], python = ["3.92", "3.90"] }',
      'other = { all = ["show"], env = "lint", python = "3.90" }',
    ]);
    {
      await using index = await startIndex({ files });
      const run = await sandbox.posy(["matrix"], { env: from(index) });
      assert.equal(run.stdout, "3.92\nlib-2.0.dist-info\n3.90\nlib-1.0.dist-info\n", run.stderr);
      assert.deepEqual(targetsOf(sandbox), ["3.92", "3.90"]);
      assert.equal((await sandbox.posy(["other"], { env: from(index) })).stdout, "3.90\nlib-1.0.dist-info\n");
      assert.match(
        readFileSync(join(sandbox.cwd, "pylock.lint.toml"), "utf8"),
        /name = "cpython-3\.91[^]*name = "cpython-3\.90/,
      );
    }
    // The index now has a newer `lib`; the locked versions stay.
    await using index = await startIndex({ files: [...files, newer] });
    const again = await sandbox.posy(["matrix"], { env: from(index) });
    assert.equal(again.stdout, "3.92\nlib-2.0.dist-info\n3.90\nlib-1.0.dist-info\n", again.stderr);
  });

  test("`posy tree` and `posy why` show the packages of the first, or of the one that `--python` selects", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    await using index = await startIndex({ files });
    project(sandbox, ['python = ["3.91", "3.90"]']);
    assert.equal((await sandbox.posy(["lock"], { env: from(index) })).status, 0);
    assertPrinted(await sandbox.posy(["tree"]), "lib 2.0\n");
    assertPrinted(await sandbox.posy(["tree", "--python", "3.90"]), "lib 1.0\n");
    assertPrinted(await sandbox.posy(["why", "--python", "3.90", "lib"]), "lib 1.0 ← the project\n");
    assertFailed(
      await sandbox.posy(["tree", "--python", "3.92"]),
      1,
      /no Python that is `3\.92` for `linux-x86_64`/,
      /it has `3\.91\.0`, `3\.90\.2`/,
    );
  });

  test("a `.python-version` selects the first, unless the environment has its own `python`", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    await using index = await startIndex({ files });
    project(sandbox, ['python = ["3.91", "3.90"]', "[tool.posy.envs.docs]", 'python = "3.91"']);
    writeFileSync(join(sandbox.cwd, ".python-version"), "3.90\n");
    const env = from(index);
    assert.equal(told((await sandbox.posy(["run", "--", ...tell], { env })).stdout), "3.90.2 lib-1.0");
    assert.deepEqual(targetsOf(sandbox), ["3.90", "3.91"]);
    assert.equal(
      told((await sandbox.posy(["run", "--env", "docs", "--", ...tell], { env })).stdout),
      "3.91.0 lib-2.0",
    );
  });

  test("a Python outside of `requires-python` is rejected with its line", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    project(sandbox, ["python = [", '  "3.91",', '  "3.80",', "]"]);
    assertFailed(
      await sandbox.posy(["lock"]),
      2,
      /pyproject\.toml`, line 10, Python `3\.80` is outside of `requires-python`, which is `>=3\.90` in line 4/,
    );
  });
});
