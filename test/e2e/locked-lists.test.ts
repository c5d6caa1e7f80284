import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { writeApp } from "../support/app-project.ts";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const wheel = (name: string, version: string, requires: readonly string[] = []) =>
  makeWheel({ name, version, requires, files: { [`${name}.py`]: `version = "${version}"\n` } });
const files = [
  wheel("base", "1.0"),
  wheel("web", "1.0", ["shared"]),
  wheel("docs", "1.0", ["shared", "old<2; sys_platform == 'win32'"]),
  wheel("shared", "1.0"),
  wheel("old", "1.0"),
  wheel("old", "2.0"),
];
const lists = [
  "[project.optional-dependencies]",
  'web = ["web"]',
  "[dependency-groups]",
  'docs = ["docs"]',
  'lint = ["old"]',
];
const installed = [
  "--",
  "python",
  "-c",
  "from importlib.metadata import distributions as d; print(*sorted(x.name + '==' + x.version for x in d()))",
];
const lockOf = (sandbox: Sandbox) => readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8");
const offline = ["--offline", "--no-index"];

describe("the extras and groups of a project", () => {
  test("are in the lock with markers, and `--frozen` uses them without any index", async () => {
    using sandbox = await newSandbox();
    const requests: string[] = [];
    {
      await using index = await startIndex({ files });
      writeApp(sandbox, ["base"], lists);
      assert.equal((await sandbox.posy(["lock", "--default-index", index.url])).status, 0);
      // Downloads the wheels.
      const all = ["--extra", "web", "--group", "docs", "--group", "lint"];
      assert.equal(
        (await sandbox.posy(["run", "--frozen", "--default-index", index.url, ...all, ...installed])).status,
        0,
      );
      const asked = index.requests.length;
      const run = (...options: readonly string[]) =>
        sandbox.posy([
          "run",
          "--frozen",
          "--default-index",
          index.url,
          "--refresh",
          ...options,
          ...installed,
        ]);
      assertPrinted(await run(), "base==1.0\n");
      assertPrinted(await run("--extra", "web"), "base==1.0 shared==1.0 web==1.0\n");
      assertPrinted(await run("--group", "docs"), "base==1.0 docs==1.0 shared==1.0\n");
      assertPrinted(await run("--group", "lint"), "base==1.0 old==2.0\n");
      requests.push(...index.requests.slice(asked).map(({ path }) => path));
    }
    assert.deepEqual(requests, []);
    const lock = lockOf(sandbox);
    assert.match(lock, /^extras = \["web"\]$/m);
    assert.match(lock, /^dependency-groups = \[\n {4}"docs",\n {4}"lint",\n\]$/m);
    assert.match(lock, /name = "base"\nversion = "1\.0"\nindex/);
    assert.match(
      lock,
      /name = "shared"\nversion = "1\.0"\nmarker = "'web' in extras or 'docs' in dependency_groups"/,
    );
    assert.equal((await sandbox.posy(["lock", "--check", ...offline])).status, 0);
  });

  test("that do not fit the others are left out with a warning, and `--frozen` says why", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const unfit = ['none = ["base>5"]', 'nones = ["shared", "base>5"]', 'z = ["old<2"]', 'zz = ["old>=2"]'];
    writeApp(sandbox, ["base"], [...lists, ...unfit]);
    const locked = await sandbox.posy(["lock", "--default-index", index.url]);
    assert.equal(locked.status, 0, locked.stderr);
    assert.match(locked.stderr, /does not have the group `none`, because it does not fit.*base/);
    // It has all that another one has which does not fit, so it is not resolved.
    assert.match(
      locked.stderr,
      /does not have the group `nones`, .* it includes the group `none`, which does/,
    );
    assert.match(locked.stderr, /does not have the group `zz`/);
    assert.doesNotMatch(locked.stderr, /the group `(z|docs|lint)`/);
    const frozen = (...options: readonly string[]) =>
      sandbox.posy(["run", "--frozen", "--default-index", index.url, ...options, ...installed]);
    assertPrinted(await frozen("--group", "z"), "base==1.0 old==1.0\n");
    assertFailed(
      await frozen("--group", "none"),
      1,
      /`pylock\.toml` does not have the group `none`, because it did not fit/,
      /`groups = \["none"\]` in `\[tool\.posy\.envs\.none\]`/,
    );
    assert.equal((await sandbox.posy(["lock", "--check", ...offline])).status, 0);
    // Without `--frozen`, the group is resolved alone with the environment.
    const run = ["run", "--default-index", index.url, "--group", "zz", ...installed];
    assertPrinted(await sandbox.posy(run), "base==1.0 old==2.0\n");
  });

  test("that include one that does not fit are not resolved, also in a package", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const lines = [
      '[project]\nname = "app"\nversion = "1"\ndependencies = ["base"]',
      '[project.optional-dependencies]\na = ["base>5"]\nb = ["shared", "base>5"]\nc = ["shared"]',
      '[tool.posy]\nplatforms = ["linux-x86_64"]\n',
    ];
    writeFileSync(join(sandbox.cwd, "pyproject.toml"), lines.join("\n"));
    for (const build of ["", '[build-system]\nrequires = []\nbuild-backend = "x"\n']) {
      writeFileSync(join(sandbox.cwd, "pyproject.toml"), build + lines.join("\n"));
      const { stderr } = await sandbox.posy(["lock", "--upgrade", "--default-index", index.url]);
      assert.match(stderr, /the extra `b`, because it does not fit .*: it includes the extra `a`/, stderr);
      assert.doesNotMatch(stderr, /the extra `c`/);
    }
  });

  test("that `tool.uv.conflicts` keeps apart are locked as far as they fit together", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    writeApp(
      sandbox,
      ["base"],
      [...lists, 'z = ["old<2"]', "[tool.uv]", 'conflicts = [[{ group = "lint" }, { group = "z" }]]'],
    );
    const locked = await sandbox.posy(["lock", "--default-index", index.url]);
    assert.equal(locked.status, 0, locked.stderr);
    assert.doesNotMatch(locked.stderr, /warning/);
    const frozen = (name: string) =>
      sandbox.posy(["run", "--frozen", "--default-index", index.url, "--group", name, ...installed]);
    assertPrinted(await frozen("lint"), "base==1.0 old==2.0\n");
    assertFailed(await frozen("z"), 1, /group `z`, because `pyproject\.toml` keeps it apart/, /--env z/);
  });

  test("make the lock out of date if they change", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    writeApp(sandbox, ["base"], lists);
    const options = ["--default-index", index.url];
    assert.equal((await sandbox.posy(["lock", ...options])).status, 0);
    writeApp(sandbox, ["base"], [...lists, 'more = ["shared"]']);
    assertFailed(await sandbox.posy(["lock", "--check", ...options]), 1, /pylock\.toml/);
    const run = await sandbox.posy(["run", ...options, "--group", "more", ...installed]);
    assertPrinted(run, "base==1.0 shared==1.0\n");
    assertPrinted(await sandbox.posy(["lock", "--check", ...offline]), "pylock.toml is up to date\n");
  });
});

describe("a lock without extras and groups, as an older Posy made it", () => {
  test("stays valid, and `posy lock` adds them", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const options = ["--default-index", index.url];
    writeApp(sandbox, ["base"]);
    assert.equal((await sandbox.posy(["lock", ...options])).status, 0);
    const old = lockOf(sandbox);
    writeApp(sandbox, ["base"], lists);
    assertPrinted(await sandbox.posy(["lock", "--check", ...offline]), "pylock.toml is up to date\n");
    assertPrinted(await sandbox.posy(["run", "--locked", ...options, ...installed]), "base==1.0\n");
    const frozen = ["run", "--frozen", ...options, "--group", "docs", ...installed];
    assertFailed(await sandbox.posy(frozen), 1, /does not have the group `docs`/, /`posy lock`/);
    assert.equal(lockOf(sandbox), old);
    assert.equal((await sandbox.posy(["lock", ...options])).status, 0);
    assertPrinted(await sandbox.posy(frozen), "base==1.0 docs==1.0 shared==1.0\n");
  });
});

describe("`--locked`", () => {
  test("fails if the lock is not up to date, without asking an index or writing the lock", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files });
    const options = ["--default-index", index.url];
    writeApp(sandbox, ["base"]);
    assertFailed(
      await sandbox.posy(["run", "--locked", ...options, ...installed]),
      1,
      /there is no .*pylock\.toml/,
    );
    assert.equal((await sandbox.posy(["lock", ...options])).status, 0);
    assertPrinted(await sandbox.posy(["run", "--locked", ...options, ...installed]), "base==1.0\n");
    const lock = lockOf(sandbox);
    writeApp(sandbox, ["base", "web"]);
    const asked = index.requests.length;
    const commands = [["run", ...installed], ["export"], ["tree"], ["why", "base"], ["outdated"]];
    for (const [command = "", ...rest] of commands) {
      const shown = command === "tree" || command === "why" ? [] : options;
      assertFailed(
        await sandbox.posy([command, "--locked", ...shown, ...rest]),
        1,
        /`pylock\.toml` is not what `pyproject\.toml` asks for/,
        /`posy lock`/,
      );
    }
    assert.equal(index.requests.length, asked);
    assert.equal(lockOf(sandbox), lock);
  });

  test("can't be combined with `--frozen`", async () => {
    using sandbox = await newSandbox();
    writeApp(sandbox, []);
    assertFailed(await sandbox.posy(["run", "--locked", "--frozen", ...installed]), 2, /--locked.*--frozen/);
  });
});

test("`--frozen` refuses a Python that the lock does not have, without asking an index", async () => {
  using sandbox = await newSandbox();
  await using index = await startIndex({ files });
  const options = ["--default-index", index.url];
  writeApp(sandbox, ["base"]);
  assert.equal((await sandbox.posy(["lock", ...options])).status, 0);
  const asked = index.requests.length;
  const run = ["run", "--frozen", "--python", "3.1", ...options, ...installed];
  assertFailed(
    await sandbox.posy(run),
    1,
    /`pylock\.toml` has no Python that is `3\.1`/,
    /`python` in `\[tool\.posy\]`/,
  );
  assert.equal(index.requests.length, asked);
});

test("`posy export` writes extras and groups of the lock without any index", async () => {
  using sandbox = await newSandbox();
  await using index = await startIndex({ files });
  writeApp(sandbox, ["base"], lists);
  assert.equal((await sandbox.posy(["lock", "--default-index", index.url])).status, 0);
  const asked = index.requests.length;
  const exported = async (...options: readonly string[]) => {
    const run = await sandbox.posy([
      "export",
      "--default-index",
      index.url,
      "--no-hashes",
      "--no-annotate",
      ...options,
    ]);
    assert.equal(run.status, 0, run.stderr);
    return run.stdout.split("\n").filter((line) => /^\w/.test(line));
  };
  assert.deepEqual(await exported(), ["base==1.0"]);
  assert.deepEqual(await exported("--extra", "web"), ["base==1.0", "shared==1.0", "web==1.0"]);
  assert.deepEqual(await exported("--frozen", "--group", "lint"), [
    "base==1.0",
    "old==2.0 ; sys_platform == 'linux'",
    "old==1.0 ; sys_platform == 'win32'",
  ]);
  assert.match((await sandbox.posy(["export", "--format", "pylock"])).stdout, /'web' in extras/);
  assert.equal(index.requests.length, asked);
});
