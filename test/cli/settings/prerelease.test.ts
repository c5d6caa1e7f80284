import assert from "node:assert/strict";
import { test } from "node:test";
import { readPrerelease } from "../../../src/settings/prerelease.ts";

test("an option overrides `--pre` in a requirements file, which overrides variables", () => {
  const environment = { POSY_PRERELEASE: "disallow" };
  assert.equal(readPrerelease(["explicit"], true, environment).mode, "explicit");
  assert.equal(readPrerelease([], true, environment).mode, "allow");
  assert.equal(readPrerelease([], false, environment).mode, "disallow");
  assert.equal(readPrerelease([], false, {}).mode, "if-necessary");
});

test("uv's modes are accepted, including its old name for the default", () => {
  for (const mode of ["allow", "disallow", "if-necessary", "explicit"]) {
    assert.equal(readPrerelease([], false, { UV_PRERELEASE: mode }).mode, mode);
  }
  assert.equal(readPrerelease([], false, { UV_PRERELEASE: "if-necessary-or-explicit" }).mode, "if-necessary");
});

test("a mode may be set for one package", () => {
  const { mode, packages } = readPrerelease(["disallow", "A_B=allow"], false, {});
  assert.equal(mode, "disallow");
  assert.deepEqual([...packages], [["a-b", "allow"]]);
});

test("an unknown mode is rejected with a suggestion", () => {
  assert.throws(() => readPrerelease(["explict"], false, {}), { hint: /did you mean `explicit`/ });
});
