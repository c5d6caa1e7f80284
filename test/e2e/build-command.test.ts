import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { treeFiles, type TreeOptions } from "../support/tree-backend.ts";
import { assertFailed, newSandbox, type Sandbox } from "../support/posy.ts";

function project(sandbox: Sandbox, tree: TreeOptions): void {
  for (const [path, text] of Object.entries(treeFiles(tree))) {
    const file = join(sandbox.cwd, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

const outcomes: readonly {
  title: string;
  args: readonly string[];
  folder: string;
  made: readonly string[];
}[] = [
  {
    title: "a source distribution and a wheel from it",
    args: [],
    folder: "dist",
    made: ["lib-1.0-py3-none-any.whl", "lib-1.0.tar.gz"],
  },
  {
    title: "only a source distribution with `--sdist`",
    args: ["--sdist"],
    folder: "dist",
    made: ["lib-1.0.tar.gz"],
  },
  {
    title: "only a wheel with `--wheel`",
    args: ["--wheel"],
    folder: "dist",
    made: ["lib-1.0-py3-none-any.whl"],
  },
  {
    title: "both in the folder that `-o` names",
    args: ["-o", "out put"],
    folder: "out put",
    made: ["lib-1.0-py3-none-any.whl", "lib-1.0.tar.gz"],
  },
];

describe("posy build", () => {
  for (const { title, args, folder, made } of outcomes) {
    test(`makes ${title}`, async () => {
      using sandbox = await newSandbox();
      project(sandbox, { name: "lib" });
      const run = await sandbox.posy(["build", "--no-index", ...args]);
      assert.equal(run.status, 0, run.stderr);
      assert.deepEqual(readdirSync(join(sandbox.cwd, folder)).sort(), made);
      assert.deepEqual(
        run.stdout.trim().split("\n").sort(),
        made.map((name) => join(sandbox.cwd, folder, name)),
      );
    });
  }

  test("builds a wheel from a source distribution, in the same folder", async () => {
    using sandbox = await newSandbox();
    project(sandbox, { name: "lib" });
    await sandbox.posy(["build", "--no-index", "--sdist", "-o", "."]);
    const run = await sandbox.posy(["build", "--no-index", "lib-1.0.tar.gz", "--json"]);
    assert.deepEqual(JSON.parse(run.stdout), [join(sandbox.cwd, "lib-1.0-py3-none-any.whl")]);
  });

  test("leaves no files after a build that fails", async () => {
    using sandbox = await newSandbox();
    project(sandbox, { name: "lib", raises: { build_wheel: "no wheel today" } });
    const run = await sandbox.posy(["build", "--no-index", "--wheel"]);
    assertFailed(run, 1, /building the wheel.*no wheel today/s);
    assert.equal(existsSync(join(sandbox.cwd, "dist")), false);
  });

  test("fails when no Python fits `requires-python`", async () => {
    using sandbox = await newSandbox();
    project(sandbox, {
      name: "lib",
      pyproject: '[project]\nname = "lib"\nversion = "1.0"\nrequires-python = ">=4"',
    });
    assertFailed(await sandbox.posy(["build", "--no-index"]), 1, />=4/);
  });

  test("rejects a folder without a build system and a path that does not exist", async () => {
    using sandbox = await newSandbox();
    assertFailed(await sandbox.posy(["build", "--no-index"]), 76, /has no build system/);
    assertFailed(await sandbox.posy(["build", "--no-index", "nowhere"]), 1, /nowhere/);
  });
});
