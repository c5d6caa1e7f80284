import assert from "node:assert/strict";
import { test } from "node:test";
import { readPrerelease } from "../../../src/settings/prerelease.ts";

test("an option counts before a file's `--pre`, and that before variables", () => {
  const environment = { POSY_PRERELEASE: "disallow" };
  assert.equal(readPrerelease(["explicit"], true, environment).mode, "explicit");
  assert.equal(readPrerelease([], true, environment).mode, "allow");
  assert.equal(readPrerelease([], false, environment).mode, "disallow");
  assert.equal(readPrerelease([], false, {}).mode, "if-necessary");
});

test("uv's modes are Posy's, and its old name for the default still counts", () => {
  for (const mode of ["allow", "disallow", "if-necessary", "explicit"]) {
    assert.equal(readPrerelease([], false, { UV_PRERELEASE: mode }).mode, mode);
  }
  assert.equal(readPrerelease([], false, { UV_PRERELEASE: "if-necessary-or-explicit" }).mode, "if-necessary");
});

test("a package has a mode of its own", () => {
  const { mode, packages } = readPrerelease(["disallow", "A_B=allow"], false, {});
  assert.equal(mode, "disallow");
  assert.deepEqual([...packages], [["a-b", "allow"]]);
});

test("a word that is no mode is refused", () => {
  assert.throws(() => readPrerelease(["explict"], false, {}), { hint: /did you mean `explicit`/ });
});
