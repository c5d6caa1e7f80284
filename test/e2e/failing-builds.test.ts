import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type IndexFile, startIndex } from "../support/index-server.ts";
import { makeSdist, type SdistRecipe } from "../support/make-sdist.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, newSandbox, type Sandbox, type PosyRun } from "../support/posy.ts";
import { treeFiles, type TreeOptions, writeTree } from "../support/tree-backend.ts";

const raises = { get_requires_for_build_wheel: "the backend is on fire" };

/**
 * Returns a source distribution of `native` 2.0 that can't be built. It has no PKG-INFO unless the recipe gives one.
 */
function failing(tree: Partial<TreeOptions> = {}, recipe: Partial<SdistRecipe> = {}): IndexFile {
  return sdistOf({ name: "native", version: "2.0", raises, ...tree }, recipe);
}

function sdistOf(tree: TreeOptions, { files, ...recipe }: Partial<SdistRecipe> = {}): IndexFile {
  const { name, version = "1.0" } = tree;
  return makeSdist({ name, version, pkgInfo: false, ...recipe, files: { ...treeFiles(tree), ...files } });
}

const leaf = makeWheel({ name: "leaf" });
const older = makeWheel({ name: "native", version: "1.0" });
const elsewhere = makeWheel({
  name: "native",
  version: "2.0",
  tags: "cp39-cp39-win_amd64",
  requires: ["leaf"],
});

interface ResolveRequest {
  readonly files: readonly IndexFile[];
  readonly args: readonly string[];
}

async function resolving(sandbox: Sandbox, { files, args }: ResolveRequest): Promise<PosyRun> {
  await using index = await startIndex({ files });
  return await resolvingFrom(index.url, sandbox, args);
}

function resolvingFrom(index: string, sandbox: Sandbox, args: readonly string[]): Promise<PosyRun> {
  return sandbox.posy(["resolve", "--default-index", index, ...args]);
}

async function pinsOf(sandbox: Sandbox, request: ResolveRequest): Promise<{ pins: string; stderr: string }> {
  return pinsIn(await resolving(sandbox, request));
}

function pinsIn(run: PosyRun): { pins: string; stderr: string } {
  assert.equal(run.status, 0, run.stderr);
  return { pins: run.stdout.trim().replaceAll("\n", " "), stderr: run.stderr };
}

describe("a version with a wheel for another Python or platform only", () => {
  test("takes its metadata from that wheel, and does not run its build backend", async () => {
    using sandbox = await newSandbox();
    const files = [failing(), elsewhere, older, leaf];
    const { pins, stderr } = await pinsOf(sandbox, { files, args: ["native"] });
    assert.equal(pins, "leaf==1.0 native==2.0");
    assert.equal(stderr, "");
  });

  test("takes its metadata from its own build after it was built", async () => {
    using sandbox = await newSandbox();
    const built = sdistOf({ name: "native", version: "2.0", dependencies: ["other"] });
    await using index = await startIndex({ files: [built, elsewhere, leaf, makeWheel({ name: "other" })] });
    const args = ["--default-index", index.url, "--with", "native==2.0", "--", "python", "-c", "pass"];
    assertFailed(
      await sandbox.posy(["run", ...args]),
      76,
      /another file of its release.*also requires `other`/,
    );
    assert.equal(pinsIn(await resolvingFrom(index.url, sandbox, ["native"])).pins, "native==2.0 other==1.0");
  });

  test("is installed with a warning if its build requires less than that wheel", async () => {
    using sandbox = await newSandbox();
    const built = sdistOf({ name: "native", version: "2.0" });
    await using index = await startIndex({ files: [built, elsewhere, leaf] });
    const args = ["--default-index", index.url, "--with", "native==2.0", "--", "python", "-c", "pass"];
    const run = await sandbox.posy(["run", ...args]);
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stderr, /^warning: .*does not require `leaf`/m);
  });

  test("runs its build backend if no such wheel can be read", async () => {
    using sandbox = await newSandbox();
    const broken = makeWheel({
      name: "native",
      version: "2.0",
      tags: "cp39-cp39-win_amd64",
      rawMetadata: "",
    });
    const files = [sdistOf({ name: "native", version: "2.0", dependencies: ["leaf"] }), broken, leaf];
    assert.equal((await pinsOf(sandbox, { files, args: ["native"] })).pins, "leaf==1.0 native==2.0");
  });
});

describe("a version that can't be built", () => {
  test("takes its metadata from a wheel for the same Python, else for the same platform, else for the newest Python", async () => {
    using sandbox = await newSandbox();
    const wheel = (tags: string, needs: string) =>
      makeWheel({ name: "native", version: "2.0", tags, requires: [needs] });
    const others = ["a", "b", "c", "d"].map((name) => makeWheel({ name }));
    const wheels = [
      wheel("cp312-cp312-win_amd64", "a"),
      wheel("cp39-cp39-manylinux_2_17_x86_64", "b"),
      wheel("cp311-cp311-macosx_11_0_arm64", "c"),
      wheel("cp310-cp310-win_amd64", "d"),
    ];
    const args = ["native", "--python-version", "3.12", "--platform", "linux-x86_64"];
    for (const [index, expected] of ["a", "b", "c", "d"].entries()) {
      const files = [failing(), ...wheels.slice(index), ...others];
      assert.equal((await pinsOf(sandbox, { files, args })).pins, `${expected}==1.0 native==2.0`);
    }
  });

  test("takes its metadata from PKG-INFO of any version, with setuptools' `requires.txt`", async () => {
    const old = "Metadata-Version: 1.2\nName: native\nVersion: 2.0\nProvides-Extra: x\n";
    const requires =
      'leaf>=1\n\n[x]\nextra-one\n\n[x:python_version > "3"]\nextra-two\n\n[:python_version < "3"]\nancient\n';
    const names = ["extra-one", "extra-two", "ancient"].map((name) => makeWheel({ name }));
    const table: readonly [title: string, recipe: Partial<SdistRecipe>, pins: string][] = [
      [
        "PKG-INFO with requirements",
        { pkgInfo: old.replace("1.2", "2.1") + "Requires-Dist: leaf\n" },
        "leaf==1.0 native==2.0",
      ],
      [
        "PKG-INFO 2.2 with dynamic requirements",
        { pkgInfo: old.replace("1.2", "2.2") + "Dynamic: Requires-Dist\n" },
        "native==2.0",
      ],
      ["PKG-INFO without requirements", { pkgInfo: old }, "native==2.0"],
      [
        "tar archive with `requires.txt`",
        {
          pkgInfo: old,
          files: { "src/native.egg-info/PKG-INFO": old, "src/native.egg-info/requires.txt": requires },
        },
        "extra-one==1.0 extra-two==1.0 leaf==1.0 native==2.0",
      ],
      [
        "zip archive with `requires.txt`",
        {
          pkgInfo: old,
          extension: ".zip",
          files: { "native.egg-info/PKG-INFO": old, "native.egg-info/requires.txt": "leaf\n" },
        },
        "leaf==1.0 native==2.0",
      ],
      [
        "`.egg-info` without `requires.txt`",
        { pkgInfo: old, files: { "native.egg-info/PKG-INFO": old } },
        "native==2.0",
      ],
    ];
    for (const [title, recipe, expected] of table) {
      using sandbox = await newSandbox();
      const files = [failing({}, recipe), older, leaf, ...names];
      const { pins, stderr } = await pinsOf(sandbox, { files, args: ["native[x]"] });
      assert.equal(pins, expected, title);
      assert.match(stderr, /taken from its `PKG-INFO`/, title);
    }
  });

  test("is skipped in favour of an older version when nothing else has its metadata", async () => {
    using sandbox = await newSandbox();
    const { pins, stderr } = await pinsOf(sandbox, { files: [failing(), older], args: ["native"] });
    assert.equal(pins, "native==1.0");
    assert.match(stderr, /warning: `native 2\.0` was passed over: `native 2\.0` could not be built/);
  });

  for (const [title, tree, files] of [
    ["its metadata hook fails", { raises: { prepare_metadata_for_build_wheel: "no" } }, {}],
    ["its build requirement does not exist", { raises: {}, requires: ["not-there"] }, {}],
    ["no version of its build requirement fits", { raises: {}, requires: ["leaf>99"] }, {}],
    [
      "its pyproject.toml is malformed",
      { raises: {} },
      { "pyproject.toml": "[build-system]\nrequires = 1\n" },
    ],
    [
      "its backend is not in its requirements",
      { raises: {} },
      { "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "absent"\n' },
    ],
  ] as const) {
    test(`is skipped when ${title}`, async () => {
      using sandbox = await newSandbox();
      const request = { files: [failing(tree, { files }), older, leaf], args: ["native"] };
      assert.equal((await pinsOf(sandbox, request)).pins, "native==1.0");
    });
  }

  test("ends the resolve with the error of its build when no other version is left", async () => {
    using sandbox = await newSandbox();
    const alone = await resolving(sandbox, { files: [failing()], args: ["native"] });
    assertFailed(alone, 1, /^`native 2\.0` could not be built[^]*the backend is on fire[^]*\.log/);
    const files = [failing(), failing({ version: "1.5" }), makeWheel({ name: "asks", requires: ["native"] })];
    const both = await resolving(sandbox, { files, args: ["asks"] });
    assertFailed(both, 1, /no versions fit[^]*`native[^]*could not be built here[^]*the backend is on fire/);
  });

  test("ends the resolve when the failure may be temporary", async () => {
    using sandbox = await newSandbox();
    const full = failing({ raises: { get_requires_for_build_wheel: "No space left on device" } });
    const run = await resolving(sandbox, { files: [full, older], args: ["native"] });
    assertFailed(run, 1, /`native 2\.0` could not be built/, /disk is full/);
  });

  test("is an error when the source distribution itself was requested", async () => {
    using sandbox = await newSandbox();
    const file = failing({}, { pkgInfo: "Metadata-Version: 2.1\nName: native\nVersion: 2.0\n" });
    writeFileSync(join(sandbox.cwd, file.filename), file.bytes);
    const files = [file, elsewhere, older, leaf];
    for (const args of [
      [`native @ ./${file.filename}`],
      [`./${file.filename}`],
      ["native", "--no-binary", "native"],
    ]) {
      const run = await resolving(sandbox, { files, args });
      assertFailed(run, 1, /`native 2\.0` could not be built[^]*the backend is on fire/);
    }
  });
});

describe("a failed build in the cache", () => {
  /** A backend that appends to a file whenever it is imported, and works once the file `repaired` exists. */
  const counting = (sandbox: Sandbox, tree: Partial<TreeOptions> = {}) => {
    const [count, repaired] = [join(sandbox.root, "count"), join(sandbox.root, "repaired")];
    const onImport = `
open(${JSON.stringify(count)}, "a").write("x")
if not os.path.exists(${JSON.stringify(repaired)}):
    raise RuntimeError("not repaired")
`;
    return {
      file: failing({ raises: {}, onImport, ...tree }),
      times: () => (existsSync(count) ? readFileSync(count, "utf8").length : 0),
      repair: () => writeFileSync(repaired, ""),
    };
  };

  test("is not repeated by a second resolve, except with `--refresh`", async () => {
    using sandbox = await newSandbox();
    const { file, times } = counting(sandbox);
    await using index = await startIndex({ files: [file, older] });
    const first = pinsIn(await resolvingFrom(index.url, sandbox, ["native"]));
    const once = times();
    assert.ok(once > 0);
    const second = pinsIn(await resolvingFrom(index.url, sandbox, ["native"]));
    assert.deepEqual([second.pins, times()], [first.pins, once]);
    assert.match(second.stderr, /was passed over/);
    pinsIn(await resolvingFrom(index.url, sandbox, ["native", "--refresh"]));
    assert.equal(times(), 2 * once);
  });

  test("is repeated before a resolve fails because of it", async () => {
    using sandbox = await newSandbox();
    const { file, repair } = counting(sandbox);
    await using index = await startIndex({ files: [file] });
    assertFailed(await resolvingFrom(index.url, sandbox, ["native"]), 1, /could not be built/);
    repair();
    assert.equal(pinsIn(await resolvingFrom(index.url, sandbox, ["native"])).pins, "native==2.0");
  });

  test("leads to a lock with assumed metadata, which are compared with the wheel when it is built later", async () => {
    using sandbox = await newSandbox();
    const { file, repair } = counting(sandbox, { dependencies: ["other"] });
    await using index = await startIndex({
      files: [file, elsewhere, leaf, makeWheel({ name: "other" })],
    });
    const project = '[project]\nname = "app"\nversion = "0.1"\ndependencies = ["native"]\n';
    writeFileSync(join(sandbox.cwd, "pyproject.toml"), project);
    const posy = (...args: string[]) => sandbox.posy([...args, "--default-index", index.url]);
    const lock = await posy("lock");
    assert.equal(lock.status, 0, lock.stderr);
    const text = () => readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8");
    assert.match(text(), /assumed = true/);
    assert.match(text(), /name = "leaf"/);
    repair();
    const wrong = await posy("env");
    assertFailed(
      wrong,
      76,
      /`native 2\.0` was resolved with the metadata of another file.*`other`/s,
      /--upgrade-package native/,
    );
    const upgraded = await posy("lock", "--upgrade-package", "native");
    assert.equal(upgraded.status, 0, upgraded.stderr);
    assert.doesNotMatch(text(), /assumed = true/);
    assert.match(text(), /name = "other"/);
    assert.equal((await posy("env")).status, 0);
  });
});

test("a local folder that can't be built as editable can be left out", async () => {
  using sandbox = await newSandbox();
  const pyproject = '[project]\nname = "native"\nversion = "1.0"\n';
  const raised = { build_editable: "the README is missing" };
  await writeTree(sandbox.cwd, { name: "native", pyproject, raises: raised });
  const run = await sandbox.posy(["run", "--", "python", "-c", "pass"]);
  assertFailed(run, 1, /`native 1\.0` could not be built/, /`--no-install-project` leaves the project out/);
});
