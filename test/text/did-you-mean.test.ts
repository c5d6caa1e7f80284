import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nearNames } from "../../src/builder/git/near-names.ts";
import { didYouMean } from "../../src/text/did-you-mean.ts";
import { editDistance } from "../../src/text/edit-distance.ts";
import { similarNames } from "../../src/resolve/explain/similar-names.ts";
import { suggestNames } from "../../src/toml/read-toml.ts";

test("counts letters that are inserted, deleted, replaced or swapped", () => {
  const rows = [
    ["lock", "lock", 0],
    ["lok", "lock", 1],
    ["locks", "lock", 1],
    ["luck", "lock", 1],
    ["olck", "lock", 1],
    ["pyhton", "python", 1],
    ["", "ab", 2],
    ["a", "abcd", Number.POSITIVE_INFINITY],
  ] as const;
  for (const [a, b, distance] of rows) assert.equal(editDistance(a, b), distance, `${a} ${b}`);
});

describe("suggests", () => {
  test("at most three names, nearest first", () => {
    assert.deepEqual(didYouMean("outdate", ["update", "outdated", "out"]), ["outdated", "update"]);
    assert.deepEqual(didYouMean("aaaaa", ["aaabb", "aaaab", "aaaac", "aaaad"]), ["aaaab", "aaaac", "aaaad"]);
  });

  test("names with one mistake for up to four letters, with two for more", () => {
    assert.deepEqual(didYouMean("lo", ["lock"]), []);
    assert.deepEqual(didYouMean("exprot", ["expect", "export"]), ["export", "expect"]);
    assert.deepEqual(didYouMean("exprtt", ["export"]), ["export"]);
  });

  test("the package of an import name, and well-known packages", () => {
    assert.deepEqual(similarNames("yaml"), ["pyyaml"]);
    assert.deepEqual(similarNames("nunpy"), ["numpy"]);
    assert.ok(!similarNames("numpy").includes("numpy"));
    assert.deepEqual(similarNames("entirely-different"), []);
  });

  test("keys that are spelled differently, or cut short", () => {
    assert.match(suggestNames("requires_python", ["requires-python"]), /^did you mean `requires-python`\?/);
    assert.match(suggestNames("dep", ["dependencies"]), /^did you mean `dependencies`\?/);
    assert.match(suggestNames("evn", ["env", "x"]), /^did you mean `env`\? there are: env, x$/);
    assert.equal(suggestNames("name", ["version"]), "there are: version");
    assert.equal(suggestNames("name", []), "there are none");
  });

  test("branches and tags", () => {
    assert.deepEqual(nearNames("v1.0", ["1.0", "2.0"]), ["1.0"]);
    assert.deepEqual(nearNames("master", ["main", "stable"]), ["main"]);
    assert.deepEqual(nearNames("Main", ["main", "main"]), ["main"]);
  });
});
