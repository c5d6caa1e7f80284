import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { treeFiles, type TreeOptions } from "../support/tree-backend.ts";
import { assertFailed, newPlace, type Place } from "../support/posy.ts";

function project(place: Place, tree: TreeOptions): void {
  for (const [path, text] of Object.entries(treeFiles(tree))) {
    const file = join(place.cwd, path);
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
    title: "both, the wheel from the source distribution",
    args: [],
    folder: "dist",
    made: ["lib-1.0-py3-none-any.whl", "lib-1.0.tar.gz"],
  },
  { title: "only the source distribution", args: ["--sdist"], folder: "dist", made: ["lib-1.0.tar.gz"] },
  { title: "only the wheel", args: ["--wheel"], folder: "dist", made: ["lib-1.0-py3-none-any.whl"] },
  {
    title: "into another folder",
    args: ["-o", "out put"],
    folder: "out put",
    made: ["lib-1.0-py3-none-any.whl", "lib-1.0.tar.gz"],
  },
];

describe("posy build", () => {
  for (const { title, args, folder, made } of outcomes) {
    test(title, async () => {
      using place = await newPlace();
      project(place, { name: "lib" });
      const run = await place.posy(["build", "--no-index", ...args]);
      assert.equal(run.status, 0, run.stderr);
      assert.deepEqual(readdirSync(join(place.cwd, folder)).sort(), made);
      assert.deepEqual(
        run.stdout.trim().split("\n").sort(),
        made.map((name) => join(place.cwd, folder, name)),
      );
    });
  }

  test("a source distribution: its wheel, beside it", async () => {
    using place = await newPlace();
    project(place, { name: "lib" });
    await place.posy(["build", "--no-index", "--sdist", "-o", "."]);
    const run = await place.posy(["build", "--no-index", "lib-1.0.tar.gz", "--json"]);
    assert.deepEqual(JSON.parse(run.stdout), [join(place.cwd, "lib-1.0-py3-none-any.whl")]);
  });

  test("a build that fails leaves nothing", async () => {
    using place = await newPlace();
    project(place, { name: "lib", raises: { build_wheel: "no wheel today" } });
    const run = await place.posy(["build", "--no-index", "--wheel"]);
    assertFailed(run, 1, /building the wheel.*no wheel today/s);
    assert.equal(existsSync(join(place.cwd, "dist")), false);
  });

  test("a Python that the project is not for is not taken", async () => {
    using place = await newPlace();
    project(place, {
      name: "lib",
      pyproject: '[project]\nname = "lib"\nversion = "1.0"\nrequires-python = ">=4"',
    });
    assertFailed(await place.posy(["build", "--no-index"]), 1, />=4/);
  });

  test("a folder without a build system, a path that is not there", async () => {
    using place = await newPlace();
    assertFailed(await place.posy(["build", "--no-index"]), 76, /has no build system/);
    assertFailed(await place.posy(["build", "--no-index", "nowhere"]), 1, /nowhere/);
  });
});
