import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type IndexFile, startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { newSandbox, type PosyRun, type Sandbox } from "../support/posy.ts";

/** A wheel of a package that needs this Python, on its index page and in its metadata. */
function wheel(name: string, version: string, python: string, ...needs: readonly string[]): IndexFile {
  const metadata = [`Requires-Python: ${python}`, ...needs.map((each) => `Requires-Dist: ${each}`)];
  return { ...makeWheel({ name, version, metadata }), requiresPython: python };
}

const files: readonly IndexFile[] = [
  wheel("lib", "1.0", ">=3.8"),
  wheel("lib", "1.2", ">=3.8"),
  wheel("lib", "2.0", ">=3.13"),
  // The second version itself works on an old Python, and what it needs does not.
  wheel("front", "1.0", ">=3.8", "core<2"),
  wheel("front", "2.0", ">=3.8", "core>=2"),
  wheel("core", "1.0", ">=3.8"),
  wheel("core", "2.0", ">=3.13"),
  wheel("calm", "1.0", ">=3.8"),
  wheel("deep", "1.0", ">=3.8", "core>=2"),
  wheel("late", "1.0", ">=3.13"),
  wheel("apart", "1.0", "<3.12"),
  wheel("apart", "2.0", ">=3.12"),
  wheel("early", "1.0", "<3.14"),
  // A wheel for one version of Python, without sources.
  ...["cp311", "cp312", "cp313"].map((tag) =>
    makeWheel({ name: "native", version: "1.0", tags: `${tag}-${tag}-manylinux_2_17_x86_64` }),
  ),
  makeWheel({ name: "native", version: "2.0", tags: "cp314-cp314-manylinux_2_17_x86_64" }),
];

function project(
  sandbox: Sandbox,
  requiresPython: string,
  dependencies: readonly string[] = [],
  more: readonly string[] = [],
): void {
  const lines = [
    "[project]",
    'name = "app"',
    'version = "0.1"',
    `requires-python = "${requiresPython}"`,
    `dependencies = ${JSON.stringify(dependencies)}`,
    "[tool.posy]",
    'platforms = ["linux-x86_64"]',
    ...more,
    "",
  ];
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), lines.join("\n"));
}

const requirements = (sandbox: Sandbox) =>
  [...readFileSync(join(sandbox.cwd, "pyproject.toml"), "utf8").matchAll(/"([a-z]+[><=][^"]*)"/g)].map(
    ([, text]) => text,
  );
const locked = (sandbox: Sandbox) =>
  [
    ...readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8").matchAll(
      /^name = "([a-z]+)"\nversion = "([^"]+)"/gm,
    ),
  ].map(([, name, version]) => `${name} ${version}`);
const succeeded = (run: PosyRun) => assert.equal(run.status, 0, run.stderr);

describe("the lower bound that `posy add` writes", () => {
  test("allows the oldest Python of `requires-python`, and the lock has the newest version", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox, ">=3.11");
    const added = await sandbox.posy(["add", "lib", "native", "calm", "--default-index", index.url]);
    succeeded(added);
    assert.deepEqual(requirements(sandbox), ["calm>=1.0", "lib>=1.2", "native>=1.0"]);
    assert.deepEqual(locked(sandbox), ["calm 1.0", "lib 2.0", "native 2.0"]);
    assert.match(
      added.stderr,
      /^lib is locked at 2\.0, and its bound is 1\.2: `requires-python` allows Python 3\.11, and later versions do not\n/m,
    );
    assert.doesNotMatch(added.stderr, /warning|calm/);
  });

  test("counts what a package needs in turn", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox, ">=3.11");
    succeeded(await sandbox.posy(["add", "front", "--default-index", index.url]));
    assert.deepEqual(requirements(sandbox), ["front>=1.0"]);
    assert.deepEqual(locked(sandbox), ["core 2.0", "front 2.0"]);
  });

  test("counts only the Pythons for which the marker of the requirement holds", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox, ">=3.10");
    const texts = ["lib; python_version >= '3.13'", "apart; python_version < '3.12'"];
    const added = await sandbox.posy(["add", ...texts, "--default-index", index.url]);
    succeeded(added);
    assert.deepEqual(requirements(sandbox), [
      "apart>=1.0; python_version < '3.12'",
      "lib>=2.0; python_version >= '3.13'",
    ]);
    assert.equal(added.stderr, "");
  });

  test("is the locked version if `requires-python` allows no older Python", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox, ">=3.13");
    succeeded(await sandbox.posy(["add", "lib", "--default-index", index.url]));
    assert.deepEqual(requirements(sandbox), ["lib>=2.0"]);
  });

  test("allows the oldest Python in a group and an extra, too", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox, ">=3.11");
    succeeded(await sandbox.posy(["add", "--group", "test", "lib", "--default-index", index.url]));
    succeeded(await sandbox.posy(["add", "--extra", "more", "front", "--default-index", index.url]));
    assert.deepEqual(new Set(requirements(sandbox)), new Set(["front>=1.0", "lib>=1.2"]));
  });

  test("has an upper bound with `--bounds` that allows the locked version, and `exact` is the version for all", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox, ">=3.11");
    const common = ["--default-index", index.url];
    succeeded(await sandbox.posy(["add", "lib", "--bounds", "major", ...common]));
    succeeded(await sandbox.posy(["add", "front", "--bounds", "exact", ...common]));
    const apart = await sandbox.posy(["add", "apart", "--bounds", "exact", ...common]);
    succeeded(apart);
    assert.deepEqual(requirements(sandbox), ["apart==2.0", "front==1.0", "lib>=1.2,<3.0"]);
    assert.deepEqual(locked(sandbox), ["apart 2.0", "core 1.0", "front 1.0", "lib 2.0"]);
    assert.match(apart.stderr, /warning: `apart==2\.0` .* has no version for Python 3\.11,/);
  });

  test("stays that of the lock if another requirement excludes the oldest Python", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox, ">=3.11", ["late>=1.0"]);
    const added = await sandbox.posy(["add", "lib", "--default-index", index.url]);
    succeeded(added);
    assert.deepEqual(requirements(sandbox), ["late>=1.0", "lib>=1.2"]);
    assert.equal(added.stderr.match(/^warning: /gm)?.length, 1, added.stderr);
    assert.match(
      added.stderr,
      /`late>=1\.0` \(pyproject\.toml:5\) has no version for Python 3\.11 and 3\.12,/,
    );
  });

  test("warns once if no version works on the oldest Python", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox, ">=3.11");
    const late = await sandbox.posy(["add", "late", "--default-index", index.url]);
    succeeded(late);
    assert.equal(
      late.stderr,
      "warning: `late` (pyproject.toml:6) has no version for Python 3.11 and 3.12, which `requires-python` (`>=3.11`) allows\n" +
        "hint: raise `requires-python` to `>=3.13`, or add the marker `python_version >= '3.13'`\n",
    );
    project(sandbox, ">=3.11");
    const deep = await sandbox.posy(["add", "deep", "--default-index", index.url]);
    succeeded(deep);
    assert.deepEqual(requirements(sandbox), ["deep>=1.0"]);
    assert.equal(
      deep.stderr,
      "warning: no version of `deep` works on Python 3.11, which `requires-python` allows\n" +
        "hint: raise `requires-python`, or limit the requirement: " +
        "`posy add deep --marker \"python_version >= '3.12'\"`\n",
    );
  });
});

describe("`posy upgrade`", () => {
  test("raises lower bounds only as far as the oldest Python allows", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const more = ["[dependency-groups]", 'dev = ["front>=0.5"]'];
    project(sandbox, ">=3.11", ["lib>=0.1", "calm>=0.1"], more);
    const common = ["--default-index", index.url];
    const upgraded = await sandbox.posy(["upgrade", ...common]);
    succeeded(upgraded);
    assert.deepEqual(requirements(sandbox), ["lib>=1.2", "calm>=1.0", "front>=1.0"]);
    assert.deepEqual(locked(sandbox), ["calm 1.0", "core 2.0", "front 2.0", "lib 2.0"]);
    assert.doesNotMatch(upgraded.stderr, /warning/);
  });

  test("with `--latest` replaces bounds by those that the oldest Python allows, and explains a pin", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox, ">=3.11", ["lib==1.0", "front>=0.9,<2", "apart==2.0"]);
    const upgraded = await sandbox.posy(["upgrade", "--latest", "--default-index", index.url]);
    succeeded(upgraded);
    assert.deepEqual(requirements(sandbox), ["lib==1.2", "front>=1.0,<3", "apart==2.0"]);
    assert.match(
      upgraded.stderr,
      /^warning: `apart==2\.0` \(pyproject\.toml:5\) has no version for Python 3\.11, .*\nhint: .*\n$/,
    );
    assert.match(
      upgraded.stdout,
      /^lib stays at 1\.2, though there is 2\.0: Python 3\.11, which `requires-python` allows, has no newer version$/m,
    );
  });
});

describe("a requirement that excludes a Python which `requires-python` allows", () => {
  const excluded =
    "warning: `lib>=2` (pyproject.toml:5) has no version for Python 3.11 and 3.12, which `requires-python` (`>=3.11`) allows\n" +
    "hint: raise `requires-python` to `>=3.13`, let the requirement allow 1.2, or add the marker `python_version >= '3.13'`\n";

  test("is named by `posy lock` when the lock is made, and not again while it is up to date", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox, ">=3.11", ["lib>=2", "calm"]);
    const common = ["--default-index", index.url];
    const first = await sandbox.posy(["lock", ...common]);
    succeeded(first);
    assert.equal(first.stderr, excluded);
    assert.equal((await sandbox.posy(["lock", ...common])).stderr, "");
  });

  test("is named by `posy run` when it makes the lock", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    project(sandbox, ">=3.11", ["lib>=2"]);
    const run = await sandbox.posy(["run", "--default-index", index.url, "--", "python", "-c", "pass"]);
    succeeded(run);
    assert.equal(run.stderr, excluded);
  });

  test("is named after only `requires-python` or only the bound was edited", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const common = ["--default-index", index.url];
    project(sandbox, ">=3.13", ["lib>=2"]);
    assert.equal((await sandbox.posy(["lock", ...common])).stderr, "");
    project(sandbox, ">=3.11", ["lib>=2"]);
    assert.equal((await sandbox.posy(["lock", ...common])).stderr, excluded);
    project(sandbox, ">=3.11", ["lib>=1"]);
    assert.equal((await sandbox.posy(["lock", ...common])).stderr, "");
    project(sandbox, ">=3.11", ["lib>=2"]);
    assert.equal((await sandbox.posy(["lock", ...common])).stderr, excluded);
  });

  test("is not named if a marker or the upper bound of `requires-python` leaves that Python out", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const common = ["--default-index", index.url];
    project(sandbox, ">=3.11", ["lib>=2; python_version >= '3.13'", "lib<2; python_version < '3.13'"]);
    assert.equal((await sandbox.posy(["lock", ...common])).stderr, "");
    project(sandbox, ">=3.11,<3.13", ["lib>=1"]);
    assert.equal((await sandbox.posy(["lock", ...common])).stderr, "");
  });

  test("is named in a group, for wheels that do not fit, and for a Python newer than the locked one", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const common = ["--default-index", index.url];
    project(sandbox, ">=3.13", ["early"], ['python = "3.13"']);
    const { stderr } = await sandbox.posy(["lock", ...common]);
    assert.match(
      stderr,
      /`early` \(pyproject\.toml:5\) has no version for Python 3\.14, .*\nhint: add `<3\.14` to `requires-python`, or add the marker `python_version < '3\.14'`\n/,
    );
    project(sandbox, ">=3.13", [], ["[dependency-groups]", 'dev = ["native>=2"]']);
    assert.match(
      (await sandbox.posy(["lock", ...common])).stderr,
      /`native>=2` \(pyproject\.toml:9\) has no version for Python 3\.13, .*\nhint: raise `requires-python` to `>=3\.14`, let the requirement allow 1\.0, or add/,
    );
  });

  test("is not looked for without a connection, which is no error", async () => {
    using sandbox = await newSandbox();
    const index = await startIndex({ files });
    const common = ["--default-index", index.url];
    project(sandbox, ">=3.13", ["lib>=2", "calm"]);
    succeeded(await sandbox.posy(["lock", ...common]));
    await index[Symbol.asyncDispose]();
    project(sandbox, ">=3.11", ["lib>=2"]);
    succeeded(await sandbox.posy(["lock", "--offline", ...common]));
  });
});
