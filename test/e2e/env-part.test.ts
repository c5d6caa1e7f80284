import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex, type TestIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";
import { treeFiles } from "../support/tree-backend.ts";

const names = ["direct", "deep", "extra", "linter", "tester", "both"];
const wheels = names.map((name) =>
  makeWheel({ name, files: { [`${name}.py`]: "" }, requires: name === "direct" ? ["deep"] : [] }),
);

const pyproject = `[project]
name = "app"
version = "1.0"
dependencies = ["direct"]
[project.optional-dependencies]
more = ["extra"]
[dependency-groups]
dev = ["tester", "both"]
lint = ["linter", "both"]
`;

/** Prints the names of the packages in an environment. */
const listing = `
from importlib.metadata import distributions
print(*sorted(each.name for each in distributions()))
`;

describe("a part of the environment of a project", () => {
  let index: TestIndex;
  let sandbox: Sandbox;

  before(async () => {
    index = await startIndex({ files: wheels });
    sandbox = await newSandbox();
    for (const [path, text] of Object.entries(
      treeFiles({ name: "app", dependencies: ["direct"], pyproject }),
    )) {
      const folder = join(sandbox.cwd, path, "..");
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(sandbox.cwd, path), text);
    }
    assert.equal((await posy(["lock", "-q"])).status, 0);
  });
  after(async () => {
    sandbox[Symbol.dispose]();
    await index.close();
  });

  const posy = (args: readonly string[], cwd = sandbox.cwd) =>
    sandbox.posy(args, { cwd, env: { UV_DEFAULT_INDEX: index.url } });
  const packages = (options: readonly string[], cwd = sandbox.cwd) =>
    posy(["run", "-q", ...options, "--", "python", "-c", listing], cwd);

  for (const [options, expected] of [
    [[], "app both deep direct tester"],
    [["--no-dev"], "app deep direct"],
    [["--no-group", "dev"], "app deep direct"],
    [["--group", "lint", "--no-group", "dev"], "app both deep direct linter"],
    [["--all-groups"], "app both deep direct linter tester"],
    [["--all-extras", "--no-dev"], "app deep direct extra"],
    [["--only-group", "lint"], "both linter"],
    [["--only-group", "lint", "--only-group", "dev"], "both linter tester"],
    [["--no-install-project"], "both deep direct tester"],
    [["--no-install-local", "--no-dev"], "deep direct"],
    [["--no-install-package", "Direct"], "app both deep tester"],
    [["--no-dev", "--with", "linter"], "app deep direct linter"],
  ] as const) {
    test(`\`posy run ${options.join(" ")}\` has ${expected}`, async () => {
      const lock = readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8");
      assertPrinted(await packages(options), `${expected}\n`);
      assert.equal(readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8"), lock);
    });
  }

  test("needs no sources of the project without the project, and asks no index with `--frozen`", async () => {
    const bare = join(sandbox.cwd, "..", "bare");
    mkdirSync(bare);
    for (const name of ["pyproject.toml", "pylock.toml"]) {
      writeFileSync(join(bare, name), readFileSync(join(sandbox.cwd, name)));
    }
    const asked = index.requests.length;
    assertPrinted(await packages(["--frozen", "--no-install-project"], bare), "both deep direct tester\n");
    assertPrinted(await packages(["--frozen", "--no-install-project", "--no-dev"], bare), "deep direct\n");
    assert.equal(index.requests.length, asked);
    assertFailed(
      await packages(["--frozen"], bare),
      76,
      /`app 1\.0`/,
      /no sources yet: `--no-install-project`/,
    );
    assertFailed(await posy(["env", "--frozen"], bare), 76, /`app 1\.0`/, /--no-install-project/);
    const exported = ["export", "--frozen", "--dir", "out"];
    assertFailed(await posy(exported, bare), 76, /`app 1\.0`/, /--no-install-project/);
    for (const [command, ...options] of [
      ["env", "--path"],
      ["export", "--dir", "out"],
      ["export", "--no-hashes"],
    ] as const) {
      const run = await posy([command, "--frozen", "--no-install-project", ...options], bare);
      assert.equal(run.status, 0, run.stderr);
    }
    const [library] = readdirSync(join(bare, "out", "lib")).filter((name) => name.startsWith("python3"));
    const modules = readdirSync(join(bare, "out", "lib", String(library), "site-packages"));
    assert.deepEqual(modules.filter((name) => /^\w+\.py$/.test(name)).sort(), [
      "both.py",
      "deep.py",
      "direct.py",
      "tester.py",
    ]);
  });

  for (const [options, expected] of [
    [["--no-dev"], "app deep direct"],
    [["--only-group", "lint"], "both linter"],
    [["--all-groups", "--all-extras"], "app both deep direct extra linter tester"],
    [["--locked", "--no-install-project"], "both deep direct tester"],
    [["--frozen", "--no-install-package", "deep"], "app both direct tester"],
  ] as const) {
    test(`\`posy env\` and \`posy export --dir\` with \`${options.join(" ")}\` have ${expected}`, async () => {
      const env = await posy(["env", "--path", ...options]);
      assert.equal(env.status, 0, env.stderr);
      const out = await posy(["export", "--dir", "application", "--force", ...options]);
      assert.equal(out.status, 0, out.stderr);
      for (const folder of [env.stdout.trim(), join(sandbox.cwd, "application")]) {
        const run = spawnSync(join(folder, "bin", "python"), ["-I", "-c", listing], { encoding: "utf8" });
        assert.equal(run.stdout, `${expected}\n`, run.stderr);
      }
    });
  }

  test("is not the environment of the project: its links stay as they are", async () => {
    assertPrinted(await packages([]), "app both deep direct tester\n");
    const links = () => [".posy/env", ".venv"].map((path) => realpathSync(join(sandbox.cwd, path)));
    const before = links();
    // The second start is a warm one.
    for (let start = 0; start < 2; start += 1) {
      assertPrinted(await packages(["--no-dev"]), "app deep direct\n");
      assert.deepEqual(links(), before);
    }
  });

  test("is exported", async () => {
    const exported = async (...options: string[]) =>
      (await posy(["export", "--no-hashes", "--no-annotate", "--no-emit-project", ...options])).stdout
        .split("\n")
        .filter((line) => /^\w/.test(line))
        .map((line) => line.replace(/==.*/, ""))
        .join(" ");
    assert.equal(await exported("--no-dev"), "deep direct");
    assert.equal(await exported("--only-group", "lint"), "both linter");
    assert.equal(await exported("--all-extras", "--all-groups"), "both deep direct extra linter tester");
    assert.equal(await exported("--no-install-package", "deep", "--no-dev"), "direct");
  });

  test("refuses unknown groups, contradictions, and options without a project", async () => {
    for (const option of ["--no-group", "--only-group"]) {
      assertFailed(await packages([option, "nothing"]), 1, /has no dependency group `nothing`/, /dev, lint/);
    }
    assertFailed(await packages(["--only-group", "lint", "--extra", "more"]), 2, /cannot be used with/);
    for (const option of ["--no-dev", "--all-groups", "--no-install-project"]) {
      const elsewhere = await packages([option], join(sandbox.cwd, "..", ".."));
      assertFailed(elsewhere, 2, new RegExp(`\`${option}\` needs a project`));
      for (const words of [
        ["export", "direct"],
        ["export", "--dir", "x", "direct"],
        ["download", "direct"],
      ]) {
        const run = await posy([...words, option]);
        assertFailed(run, 2, new RegExp(`\`${option}\` is for the lock of a project`));
      }
    }
  });
});
