import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { sdistOf } from "../support/build-index.ts";
import { type IndexFile, startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newPlace, type Place } from "../support/posy.ts";

const evil = makeWheel({ name: "evil", version: "6.6.6", files: { "evil.py": "" } });
const one = makeWheel({ name: "one", files: { "one.py": "" } });
const lie = "Metadata-Version: 2.2\nName: one\nVersion: 1.0\nRequires-Dist: evil\n\n";
/** Resolves `one` against an index of these files. */
async function resolved(place: Place, files: readonly IndexFile[]) {
  await using index = await startIndex({ files });
  const run = await place.posy(["resolve", "--default-index", index.url, "one"]);
  assert.equal(run.status, 0, run.stderr);
  return run.stdout;
}

describe("what one index claims does not decide what is installed from another", () => {
  test("a `.metadata` file beside a wheel whose hash another index has", async () => {
    using place = await newPlace();
    assert.equal(await resolved(place, [{ ...one, metadata: lie }, evil]), "evil==6.6.6\none==1.0\n");
    assert.equal(await resolved(place, [one, evil]), "one==1.0\n");
  });

  test("another wheel behind a hash that another index has", async () => {
    using place = await newPlace();
    // Too large to come whole with its end, whose hash would be checked.
    const other = makeWheel({ name: "one", requires: ["evil"], files: { "one.bin": randomBytes(400_000) } });
    const claim = { ...other, hashes: { sha256: one.sha256 } };
    assert.equal(await resolved(place, [claim, evil]), "evil==6.6.6\none==1.0\n");
    assert.equal(await resolved(place, [one, evil]), "one==1.0\n");
  });

  test("a `.metadata` file beside a source distribution whose hash another index has", async () => {
    using place = await newPlace();
    const sdist = sdistOf({ name: "one" }, { isStatic: true });
    assert.equal(await resolved(place, [{ ...sdist, metadata: lie }, evil]), "evil==6.6.6\none==1.0\n");
    assert.equal(await resolved(place, [sdist, evil]), "one==1.0\n");
  });

  test("what a build needed is asked of the index of the day", async () => {
    using place = await newPlace();
    const source = sdistOf({ name: "source", asks: ["tool"], imports: "tool" });
    const tool = (version: string) => makeWheel({ name: "tool", version, files: { "tool.py": "" } });
    const toolOf = async (version: string) => {
      await using index = await startIndex({ files: [source, tool(version)] });
      const run = await place.posy(["resolve", "--json", "--default-index", index.url, "source"]);
      assert.equal(run.status, 0, run.stderr);
      return /"name": "tool",[^]*?"version": "([^"]*)"/.exec(run.stdout)?.[1];
    };
    assert.equal(await toolOf("6.6"), "6.6");
    assert.equal(await toolOf("1.0"), "1.0");
  });
});

describe("a file that says other things of itself than its index said of it", () => {
  test("is not installed, and the next run reads the file itself", async () => {
    using place = await newPlace();
    await using index = await startIndex({ files: [{ ...one, metadata: lie }, evil] });
    const args = [
      "--default-index",
      index.url,
      "--with",
      "one",
      "--",
      "python",
      "-c",
      "import one; print(1)",
    ];
    assertFailed(
      await place.posy(["run", ...args]),
      76,
      /`one-1\.0-py3-none-any\.whl`[^]*does not require `evil`/,
      /again/,
    );
    assertPrinted(await place.posy(["run", ...args]), "1\n");
    assert.equal((await place.posy(["resolve", "--default-index", index.url, "one"])).stdout, "one==1.0\n");
  });

  test("a source distribution is not built, and the next run reads the file itself", async () => {
    using place = await newPlace();
    const source = sdistOf({ name: "one", files: { "one.py": "" } }, { isStatic: true });
    await using index = await startIndex({ files: [{ ...source, metadata: lie }, evil] });
    const args = [
      "--default-index",
      index.url,
      "--with",
      "one",
      "--",
      "python",
      "-c",
      "import one; print(1)",
    ];
    assertFailed(await place.posy(["run", ...args]), 76, /`one-1\.0\.tar\.gz` says other things/, /again/);
    assertPrinted(await place.posy(["run", ...args]), "1\n");
  });

  test("a source distribution that was built from another index is compared too", async () => {
    using place = await newPlace();
    const source = sdistOf({ name: "one", files: { "one.py": "" } }, { isStatic: true });
    await using good = await startIndex({ files: [source] });
    await using index = await startIndex({ files: [{ ...source, metadata: lie }, evil] });
    const run = (url: string) =>
      place.posy(["run", "--default-index", url, "--with", "one", "--", "python", "-c", "print(1)"]);
    assertPrinted(await run(good.url), "1\n");
    // What is here is read itself, whatever an index says of it.
    assert.equal((await place.posy(["cache", "clean", "artifacts"])).status, 0);
    assertFailed(await run(index.url), 76, /`one-1\.0\.tar\.gz` says other things/);
    assertPrinted(await run(index.url), "1\n");
  });
});

describe("a newest file that is not what its index promised is an error, and no older version is taken", () => {
  const newest = makeWheel({ name: "one", version: "2.0", files: { "one.bin": randomBytes(400_000) } });
  const small = makeWheel({ name: "one", version: "2.0" });
  const sdist = sdistOf({ name: "one", version: "2.0" });
  const wrong = { hashes: { sha256: "0".repeat(64) } };
  const metadata = "Metadata-Version: 2.1\nName: one\nVersion: 2.0\n\n";
  const cases: readonly {
    title: string;
    files: readonly IndexFile[];
    /** What the server sends for the newest file, or for what lies beside it. */
    reply?: readonly [suffix: string, body: Uint8Array | string];
    ranges?: false;
    says: RegExp;
  }[] = [
    { title: "a wheel with another hash", files: [{ ...small, ...wrong }], says: /one-2\.0.*sha256/ },
    {
      title: "a wheel of another size",
      files: [{ ...newest, size: 5 }],
      ranges: false,
      says: /one-2\.0.*bytes/,
    },
    {
      title: "a wheel whose hash is malformed",
      files: [{ ...small, hashes: { sha256: "12" } }],
      says: /malformed/,
    },
    {
      title: "a source distribution with another hash",
      files: [{ ...sdist, ...wrong }],
      says: /one-2\.0.*sha256/,
    },
    {
      title: "a source distribution whose hash is malformed",
      files: [{ ...sdist, hashes: { sha512: "xyz" } }],
      says: /sha512 hash.*malformed/,
    },
    {
      title: "a `.metadata` file with another hash",
      files: [{ ...small, metadata }],
      reply: [".metadata", "changed"],
      says: /one-2\.0.*\.metadata.*sha256/,
    },
    {
      title: "a wheel that is cut off, whose hash nobody says",
      files: [{ ...newest, hashes: {}, bytes: newest.bytes.subarray(0, 300_000) }],
      says: /one-2\.0/,
    },
  ];
  for (const { title, files, reply, ranges, says } of cases) {
    test(title, async () => {
      using place = await newPlace();
      await using index = await startIndex({ files: [one, ...files], ...(ranges === false && { ranges }) });
      if (reply) index.always(`/files/${files[0]?.filename}${reply[0]}`, { body: reply[1] });
      const from = ["--default-index", index.url];
      assertFailed(await place.posy(["resolve", ...from, "one"]), 76, says);
      assertPrinted(await place.posy(["resolve", ...from, "one<2"]), "one==1.0\n");
    });
  }

  test("no lock is written, and nothing is run", async () => {
    using place = await newPlace();
    await using index = await startIndex({ files: [one, { ...small, ...wrong }] });
    const project = '[project]\nname = "p"\nversion = "1"\ndependencies = ["one"]\n';
    writeFileSync(join(place.cwd, "pyproject.toml"), project);
    for (const command of [
      ["lock", "-q"],
      ["run", "--", "python", "-c", "print(1)"],
    ] as const) {
      const [name = "", ...more] = command;
      assertFailed(await place.posy([name, "--default-index", index.url, ...more]), 76, /one-2\.0.*sha256/);
      assert.equal(existsSync(join(place.cwd, "pylock.toml")), false);
    }
  });
});
