import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
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
