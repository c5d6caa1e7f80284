import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { storedNames, storedPythons } from "../../src/pythons/stored-pythons.ts";
import { bytesReader } from "../../src/system/zip/byte-reader.ts";
import { openZip } from "../../src/system/zip/open-zip.ts";
import { makePybi } from "../support/make-pybi.ts";
import { aPlace } from "./a-place.ts";

const digest = (digit: string) => digit.repeat(64);

/** Puts what a pybi says of itself where its tree would be. */
async function store(pythons: string, sha256: string, version: string): Promise<void> {
  const { bytes } = makePybi({ version });
  const zip = await openZip(bytesReader(bytes), { label: "pybi", names: "portable" });
  mkdirSync(join(pythons, sha256, "pybi-info"), { recursive: true });
  for (const name of ["METADATA", "PYBI"]) {
    const entry = zip.entry(`pybi-info/${name}`);
    assert.ok(entry);
    writeFileSync(join(pythons, sha256, "pybi-info", name), await zip.read(entry));
  }
}

test("the interpreters of the forest say themselves what they are, newest first", async () => {
  using place = aPlace();
  const { home } = place.context();
  assert.deepEqual(await storedPythons(home), []);
  await store(home.pythons, digest("a"), "3.9.20");
  await store(home.pythons, digest("b"), "3.13.5");
  await store(home.pythons, digest("c"), "3.10.1");
  const found = await storedPythons(home);
  assert.deepEqual(
    found.map(({ interpreter, sha256 }) => [interpreter.version, sha256]),
    [
      ["3.13.5", digest("b")],
      ["3.10.1", digest("c")],
      ["3.9.20", digest("a")],
    ],
  );
  assert.equal(found[0]?.executable, join(home.pythons, digest("b"), "bin", "python"));
});

test("what is damaged is left out, and has a name all the same", async () => {
  using place = aPlace();
  const { pythons } = place.context().home;
  mkdirSync(join(pythons, digest("d"), "pybi-info"), { recursive: true });
  writeFileSync(join(pythons, digest("d"), "pybi-info", "METADATA"), "Name: x\n");
  mkdirSync(join(pythons, digest("e")));
  mkdirSync(join(pythons, "something-else"));
  assert.deepEqual(await storedPythons(place.context().home), []);
  assert.deepEqual(await storedNames(pythons), [digest("d"), digest("e")]);
});
