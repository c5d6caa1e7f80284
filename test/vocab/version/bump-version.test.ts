import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bumpVersion, parseVersion, type VersionBump } from "../../../src/vocab/version/index.ts";

const bumped = (version: string, ...bumps: readonly (VersionBump["part"] | VersionBump)[]) =>
  bumpVersion(
    parseVersion(version),
    bumps.map((bump) => (typeof bump === "string" ? { part: bump } : bump)),
  ).text;

describe("a bump", () => {
  // What `uv version --bump` of uv 0.9 prints for the same version; `pre` is Posy's own.
  const rows: readonly (readonly [string, readonly VersionBump["part"][], string])[] = [
    ["1.2.3", ["patch"], "1.2.4"],
    ["1.2.3", ["minor"], "1.3.0"],
    ["1.2.3", ["major"], "2.0.0"],
    ["1.2.3rc1.post2.dev3", ["minor"], "1.3.0"],
    ["0.2", ["minor"], "0.3"],
    ["0.2", ["patch"], "0.2.1"],
    ["2", ["major"], "3"],
    ["1.2.3.4", ["minor"], "1.3.0.0"],
    ["1!1.2.3+local.1", ["patch"], "1!1.2.4+local.1"],
    ["1.2.3b4.post5.dev6", ["stable"], "1.2.3"],
    ["1.2.3a4", ["alpha"], "1.2.3a5"],
    ["1.2.3a4", ["beta"], "1.2.3b1"],
    ["1.2.3b2.dev1", ["rc"], "1.2.3rc1"],
    ["1.2.3", ["beta", "major"], "2.0.0b1"],
    ["1.2.3", ["dev", "patch"], "1.2.4.dev1"],
    ["1.2.3a4.dev6", ["dev"], "1.2.3a4.dev7"],
    ["1.2.3", ["post"], "1.2.3.post1"],
    ["1.2.3.post5", ["post"], "1.2.3.post6"],
    ["1.2.3b4", ["pre"], "1.2.3b5"],
    ["1.2.3", ["pre", "minor"], "1.3.0a1"],
    ["1.9007199254740993", ["minor"], "1.9007199254740994"],
  ];
  for (const [version, parts, expected] of rows) {
    test(`${parts.join(" and ")} makes ${expected} of ${version}`, () => {
      assert.equal(bumped(version, ...parts), expected);
    });
  }

  test("sets a part to a number", () => {
    assert.equal(bumped("1.2.3", { part: "patch", value: 10 }), "1.2.10");
    assert.equal(bumped("1.2.3", "minor", { part: "dev", value: 42 }), "1.3.0.dev42");
  });

  test("never lowers a version", () => {
    for (const part of ["alpha", "beta", "rc", "pre", "dev"] as const) {
      assert.throws(() => bumped("1.2.3", part), { code: "usage", hint: /--bump patch/ });
    }
    assert.throws(() => bumped("1.2.3rc1", "beta"), { code: "usage", message: /1\.2\.3rc1 → 1\.2\.3b1/ });
    assert.throws(() => bumped("1.2.3", "stable"), { code: "usage", hint: /exactly/ });
    assert.throws(() => bumped("1.2.3", { part: "patch", value: 3 }), { code: "usage" });
    assert.throws(() => bumped("1.2.3.post1", "stable"), { code: "usage" });
  });

  test("of parts that exclude each other is refused", () => {
    for (const parts of [
      ["major", "minor"],
      ["alpha", "beta"],
      ["rc", "dev"],
      ["post", "patch"],
      ["stable", "rc"],
      ["patch", "patch"],
    ] as const) {
      assert.throws(() => bumped("1.2.3", ...parts), { code: "usage", message: /can't be combined/ });
    }
  });
});
