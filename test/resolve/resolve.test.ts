import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { resolving } from "./resolving.ts";

describe("the first steps", () => {
  test("a package and what it needs, each in its newest version", async () => {
    const { pins, blueprint } = await resolving(
      { a: { "1.0": {}, "2.0": { requires: ["b>=1"] } }, b: { "1.0": {}, "1.5": {} }, c: { "1.0": {} } },
      { with: ["a"] },
    );
    assert.deepEqual(pins, ["a==2.0", "b==1.5"]);
    assert.deepEqual(
      blueprint.targets[0]?.packages.map(({ requiredBy, requested }) => [requiredBy, requested]),
      [
        [[], true],
        [["a"], false],
      ],
    );
  });
});
