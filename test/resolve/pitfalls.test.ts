import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PosyError } from "../../src/errors/posy-error.ts";
import type { FakeIndex } from "../support/fake-package-db.ts";
import { fakePackageDB, fakeSha256 } from "../support/fake-package-db.ts";
import { failing, resolving, type Scene } from "./resolving.ts";

/** Each row: the packages on the index, the requirements, and the expected pins. */
const rows: Readonly<Record<string, readonly [FakeIndex, Scene, readonly string[]]>> = {
  "intersects two requirements on one package": [
    { leaf: { "1.0": {}, "2.0": {}, "3.0": {} }, a: { "1.0": { requires: ["leaf>=1"] } } },
    { with: ["leaf<3", "a"] },
    ["a==1.0", "leaf==2.0"],
  ],
  "skips a version without a fitting wheel": [
    {
      a: {
        "1.0": {},
        "2.0": { wheels: ["cp311-cp311-win_amd64"], sdist: true },
        "3.0": { wheels: [], sdist: true },
      },
    },
    { with: ["a"] },
    ["a==1.0"],
  ],
  "rejects a version with broken metadata": [
    {
      a: {
        "1.0": {},
        "2.0": { broken: new PosyError("invalid-metadata", "it is broken") },
        "3.0": { rawMetadata: "Metadata-Version: 2.1\nName: other\nVersion: 3.0\n" },
        "4.0": { requiresPython: "3.x or so", metadataRequiresPython: ">=3" },
      },
    },
    { with: ["a"] },
    ["a==1.0"],
  ],
  "rules out only the version whose requirement nothing can meet": [
    { a: { "1.0": {}, "2.0": { requires: ["b<1,>2"] } }, b: { "1.0": {} } },
    { with: ["a"] },
    ["a==1.0"],
  ],
  "lets a package require itself": [
    { a: { "1.0": { requires: ["a>=1", "a[x]"], extras: ["x"] }, "2.0": { requires: ["a<2"] } } },
    { with: ["a"] },
    ["a==1.0"],
  ],
  "adds the requirements of an extra at the version of its package": [
    {
      a: {
        "1.0": { extras: ["x", "all"], requires: ["b; extra == 'x'", "a[x]; extra == 'all'"] },
        "2.0": { extras: ["x"], requires: ["b>=9; extra == 'x'"] },
      },
      b: { "1.0": {} },
    },
    { with: ["a[all]", "a[x]"] },
    ["a==1.0", "b==1.0"],
  ],
  "gives an extra the version of its package": [
    {
      a: { "1.0": { extras: ["x"], requires: ["b; extra == 'x'"] }, "2.0": { extras: ["x"] } },
      b: { "1.0": {} },
      c: { "1.0": { requires: ["a<2"] } },
    },
    { with: ["a[x]", "c"] },
    ["a==1.0", "b==1.0", "c==1.0"],
  ],
  "prefers a final release": [{ a: { "1.0": {}, "2.0rc1": {} } }, { with: ["a"] }, ["a==1.0"]],
  "takes a pre-release if there is nothing else": [
    { a: { "1.0a1": {}, "2.0.dev1": {} } },
    { with: ["a"] },
    ["a==2.0.dev1"],
  ],
  "takes a pre-release if nothing else can be installed here": [
    {
      a: {
        "1.0": { wheels: ["cp312-cp312-win_amd64"] },
        "2.0a4": {},
        "2.0": { wheels: [], sdist: true },
        "3.0": { requiresPython: ">=3.13" },
      },
      b: { "1.0": { requires: ["a>=2.0a4"] } },
    },
    { with: ["b"] },
    ["a==2.0a4", "b==1.0"],
  ],
  "prefers a final release even if the Brief names a pre-release": [
    { a: { "1.0": {}, "2.0rc1": {} } },
    { with: ["a>=1.0rc1"] },
    ["a==1.0"],
  ],
  "takes a newer pre-release if pre-releases are allowed for the package": [
    { a: { "1.0": {}, "2.0rc1": {} }, b: { "1.0": {}, "2.0rc1": {} } },
    { with: ["a", "b"], brief: { prereleases: { a: "allow" } } },
    ["a==2.0rc1", "b==1.0"],
  ],
  "prefers a final release even if a package names a pre-release": [
    { a: { "1.0": {}, "2.0rc1": {} }, b: { "1.0": { requires: ["a>=1.0rc1"] } } },
    { with: ["b"] },
    ["a==1.0", "b==1.0"],
  ],
  "ignores trailing zeros of versions": [
    { a: { "1.0": { requires: ["b==2.0.0"] } }, b: { "2": {}, "20230101000000": {} } },
    { with: ["a==1"] },
    ["a==1.0", "b==2"],
  ],
  "compares versions exactly at the edges of specifiers": [
    { a: { "2.0": {}, "2.0.post0": {}, "2.0.post1": {} }, b: { "1.0.post1": {}, "1.0.post2.dev0": {} } },
    { with: ["a<2.0.post1", "b>1.0.post1"], brief: { prerelease: "allow" } },
    ["a==2.0.post0", "b==1.0.post2.dev0"],
  ],
  "prefers a local version to its public version": [
    { a: { "2.1": {}, "2.1+cpu": {}, "2.0+cpu": {} } },
    { with: ["a==2.1"] },
    ["a==2.1+cpu"],
  ],
  "takes a local version that is asked for": [
    { a: { "2.1": {}, "2.1+cpu": {}, "2.1+zzz": {} } },
    { with: ["a==2.1+cpu"] },
    ["a==2.1+cpu"],
  ],
  "compares text for `===`": [{ a: { "1.0": {}, "1.0+local": {} } }, { with: ["a===1.0"] }, ["a==1.0"]],
  "skips a yanked version": [{ a: { "1.0": {}, "2.0": { yanked: "" } } }, { with: ["a>=1"] }, ["a==1.0"]],
  "takes a yanked version that is pinned": [
    { a: { "1.0": {}, "2.0": { yanked: "" } } },
    { with: ["a==2.0"] },
    ["a==2.0"],
  ],
  "does not treat a wildcard as a pin of a yanked version": [
    { a: { "2.0": {}, "2.1": { yanked: "" } } },
    { with: ["a==2.*"] },
    ["a==2.0"],
  ],
  "respects the `Requires-Python` of the index": [
    { a: { "1.0": {}, "2.0": { requiresPython: ">=3.13" } } },
    { with: ["a"] },
    ["a==1.0"],
  ],
  "respects a `Requires-Python` that only the metadata have": [
    { a: { "1.0": {}, "2.0": { metadataRequiresPython: ">=3.13" } } },
    { with: ["a"] },
    ["a==1.0"],
  ],
  "ignores requirements whose markers do not hold on the target": [
    {
      a: { "1.0": { requires: ["b; sys_platform == 'win32'", "c; python_version >= '3.12'"] } },
      c: { "1.0": {} },
    },
    { with: ["a", "d; python_version < '3'"] },
    ["a==1.0", "c==1.0"],
  ],
  "limits versions by constraints without requiring the package": [
    { a: { "1.0": { requires: ["b"] } }, b: { "1.0": {}, "2.0": {} } },
    { with: ["a"], brief: { constraints: ["b<2", "c==1"] } },
    ["a==1.0", "b==1.0"],
  ],
  lowest: [
    { a: { "1.0": { requires: ["b"] }, "2.0": {} }, b: { "1.0": {}, "2.0": {} } },
    { with: ["a"], brief: { prefer: "lowest" } },
    ["a==1.0", "b==1.0"],
  ],
  "takes the lowest versions of direct requirements only, with `lowest-direct`": [
    { a: { "1.0": { requires: ["b"] }, "2.0": {} }, b: { "1.0": {}, "2.0": {} } },
    { with: ["a"], brief: { prefer: "lowest-direct" } },
    ["a==1.0", "b==2.0"],
  ],
};

describe("resolving", () => {
  for (const [title, [index, scene, expected]] of Object.entries(rows)) {
    test(title, async () => {
      assert.deepEqual((await resolving(index, scene)).pins, expected);
    });
  }

  test("chooses the wheel with the best tag, then the highest build number", async () => {
    const wheels = [
      "py3-none-any",
      "1-cp312-cp312-manylinux_2_17_x86_64",
      "2-cp312-cp312-manylinux_2_17_x86_64",
      "9-cp312-cp312-manylinux_2_5_x86_64",
      "10-cp39-abi3-manylinux_2_17_x86_64",
    ];
    const { blueprint } = await resolving({ a: { "1.0": { wheels } } }, { with: ["a"] });
    const [pin] = blueprint.targets[0]?.packages ?? [];
    assert.equal(pin?.artifact.filename, "a-1.0-2-cp312-cp312-manylinux_2_17_x86_64.whl");
  });

  for (const code of ["hash-mismatch", "size-mismatch", "invalid-hash", "http-status"] as const) {
    test(`fails with ${code} of the newest version instead of taking an older one`, async () => {
      const index = { a: { "1.0": {}, "2.0": { broken: new PosyError(code, "it is another file") } } };
      assert.equal((await failing(index, { with: ["a"] })).code, code);
      assert.deepEqual((await resolving(index, { with: ["a<2"] })).pins, ["a==1.0"]);
    });
  }

  test("rejects a version whose archive is unreadable if a hash vouches for it, and fails if none does", async () => {
    const broken = new PosyError("invalid-archive", "it is no zip");
    const index = (hashes: { hashes?: {} }) => ({ a: { "1.0": {}, "2.0": { broken, ...hashes } } });
    assert.deepEqual((await resolving(index({}), { with: ["a"] })).pins, ["a==1.0"]);
    assert.equal((await failing(index({ hashes: {} }), { with: ["a"] })).code, "invalid-archive");
  });

  test("reports skipped versions", async () => {
    const { reporter } = await resolving(
      { a: { "1.0": {}, "2.0": { broken: new PosyError("invalid-wheel", "it has no METADATA") } } },
      { with: ["a"] },
    );
    assert.deepEqual(reporter.warnings(), ["`a 2.0` was passed over: it has no METADATA"]);
  });

  test("warns about an unknown extra", async () => {
    const { pins, reporter } = await resolving({ a: { "1.0": { extras: ["y"] } } }, { with: ["a[x]"] });
    assert.deepEqual(pins, ["a==1.0"]);
    assert.deepEqual(reporter.warnings(), ["`a 1.0` has no extra `x`"]);
  });

  test("rules out a version at once if its extra can't be satisfied", async () => {
    const versions = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `${index + 1}.0`,
        { extras: ["x"], requires: [index < 3 ? "b; extra == 'x'" : "b>=9; extra == 'x'"] },
      ]),
    );
    const { pins, asked } = await resolving({ a: versions, b: { "1.0": {} } }, { with: ["a[x]"] });
    assert.deepEqual(pins, ["a==3.0", "b==1.0"]);
    assert.ok(asked.filter((each) => each.startsWith("metadata a-")).length <= 40);
  });

  test("keeps a locked pre-release", async () => {
    const index = { a: { "1.0": {}, "2.0rc1": {} } };
    const { blueprint } = await resolving(index, { with: ["a==2.0rc1"] });
    assert.deepEqual((await resolving(index, { with: ["a"], preferences: blueprint })).pins, ["a==2.0rc1"]);
  });

  test("puts a snapshot of the metadata into the pin", async () => {
    const { blueprint } = await resolving(
      { a: { "1.0": { requiresPython: ">=3.8", extras: ["x"], requires: ["b>1 ; extra == 'x'"] } } },
      { with: ["a"] },
    );
    assert.deepEqual(blueprint.targets[0]?.packages[0]?.metadata, {
      requiresDist: ['b>1; extra == "x"'],
      requiresPython: ">=3.8",
      providesExtra: ["x"],
    });
  });

  test("fetches a file to compute a hash that the index lacks", async () => {
    const { blueprint, asked } = await resolving({ a: { "1.0": { hashes: {} } } }, { with: ["a"] });
    assert.deepEqual(blueprint.targets[0]?.packages[0]?.artifact.hashes, {
      sha256: fakeSha256("a-1.0-py3-none-any.whl"),
    });
    assert.ok(asked.includes("fetch a-1.0-py3-none-any.whl"));
  });
});

describe("resolving with hashes", () => {
  const index = { a: { "1.0": { wheels: ["py3-none-any", "py2.py3-none-any"] } } };

  test("accepts only a file with a given hash", async () => {
    const filename = "a-1.0-py2.py3-none-any.whl";
    const { blueprint } = await resolving(index, {
      with: ["a==1.0"],
      brief: { hashes: { "a==1.0": ["0".repeat(64), fakeSha256(filename)] } },
    });
    assert.equal(blueprint.targets[0]?.packages[0]?.artifact.filename, filename);
  });

  test("checks a hash that the index lacks after the download", async () => {
    const error = await failing(
      { a: { "1.0": { hashes: {} } } },
      { with: ["a==1.0"], brief: { hashes: { "a==1.0": ["0".repeat(64)] } } },
    );
    assert.equal(error.code, "hash-mismatch");
  });
});

describe("resolving with URLs", () => {
  const url = "https://x.example/a-1.5-py3-none-any.whl";
  const other = "https://y.example/a-2.0-py3-none-any.whl";
  const index = {
    a: { "1.0": {}, "3.0": {} },
    b: { "1.0": { requires: ["a>=1"] } },
    c: { "1.0": { requires: [`a @ ${other}`] } },
  };
  const db = () => fakePackageDB(index, { direct: { [url]: ["a", "1.5", {}], [other]: ["a", "2.0", {}] } });

  test("uses a URL of the Brief for every requirement on the package", async () => {
    const { pins, blueprint, asked } = await resolving(index, { with: [`a @ ${url}`, "b"], db: db() });
    assert.deepEqual(pins, ["a==1.5", "b==1.0"]);
    assert.equal(blueprint.targets[0]?.packages[0]?.artifact.direct, true);
    assert.ok(!asked.includes("project a"), "no index is asked");
  });

  test("uses a URL that a package requires, even if the index was asked before", async () => {
    const { pins } = await resolving(index, { with: ["a", "c"], db: db() });
    assert.deepEqual(pins, ["a==2.0", "c==1.0"]);
  });

  test("prefers the Brief's URL to a package's", async () => {
    const { pins } = await resolving(index, { with: [`a @ ${url}`, "c"], db: db() });
    assert.deepEqual(pins, ["a==1.5", "c==1.0"]);
  });

  test("prefers a version from an index to one from a URL if both fit", async () => {
    const scene = { with: ["b", "c<2"], db: db() };
    assert.deepEqual((await resolving(index, scene)).pins, ["a==2.0", "b==1.0", "c==1.0"]);
  });
});
