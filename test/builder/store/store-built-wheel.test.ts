import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuildContext } from "../../../src/builder/build-context.ts";
import { storeBuiltWheel } from "../../../src/builder/store/store-built-wheel.ts";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { newStoreFixture } from "./store-fixture.ts";

async function storedName(filename: string, platformTags?: readonly string[]): Promise<string> {
  await using fixture = await newStoreFixture();
  const { python, context } = fixture;
  const machine = platformTags ? { ...context.machine, platformTags } : context.machine;
  const here: BuildContext = { ...context, machine };
  const used = { pins: [], used: [] };
  const kept = await storeBuiltWheel(await fixture.built(), filename, fixture.entry(), used, python, here);
  return kept.filename;
}

test("a wheel for `linux_x86_64` gets the tag of this machine, other wheels keep their names", async () => {
  const compiled = "lib-1.0-cp313-cp313-linux_x86_64.whl";
  assert.equal(await storedName(compiled), "lib-1.0-cp313-cp313-manylinux_2_36_x86_64.whl");
  assert.equal(await storedName("lib-1.0-py3-none-any.whl"), "lib-1.0-py3-none-any.whl");
  const older = "lib-1.0-cp313-cp313-manylinux_2_17_x86_64.whl";
  assert.equal(await storedName(older), older);
});

test("a wheel keeps its name if the C library of this machine is unknown", async () => {
  for (const filename of ["lib-1.0-py3-none-any.whl", "lib-1.0-cp313-cp313-linux_x86_64.whl"]) {
    assert.equal(await storedName(filename, []), filename);
  }
});

test("a wheel with several tags is stored if the interpreter can use one of them", async () => {
  const both = "lib-1.0-py2.py3-none-any.whl";
  assert.equal(await storedName(both), both);
});

test("a wheel that the interpreter can't use is refused", async () => {
  for (const filename of ["lib-1.0-cp312-cp312-linux_x86_64.whl", "lib-1.0-py3-none-win_amd64.whl"]) {
    await assert.rejects(
      storedName(filename),
      (error) =>
        error instanceof PosyError && error.code === "build-failed" && error.message.includes(filename),
    );
  }
});
