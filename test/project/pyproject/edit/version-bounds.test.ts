import assert from "node:assert/strict";
import { test } from "node:test";
import { versionBounds } from "../../../../src/project/pyproject/edit/version-bounds.ts";

// The bounds that uv 0.13.9 writes for the same versions.
const cases: Record<string, readonly [major: string, minor: string]> = {
  "1.2.3": ["<2.0.0", "<1.3.0"],
  "0.1.2": ["<0.2.0", "<0.1.3"],
  "0.0.3": ["<0.0.4", "<0.0.4"],
  "2024": ["<2025", "<2024.1"],
  "1.0rc1": ["<2.0", "<1.1"],
  "1.2.3.post1": ["<2.0.0", "<1.3.0"],
  "0": ["<0.1", "<0.0.1"],
  "0.0": ["<0.1", "<0.0.1"],
  "0.1": ["<0.2", "<0.1.1"],
  "1.2.3.4": ["<2.0.0.0", "<1.3.0.0"],
};
for (const [version, [major, minor]] of Object.entries(cases)) {
  test(`versionBounds computes the bounds of ${version}`, () => {
    assert.equal(versionBounds(version, "lower"), `>=${version}`);
    assert.equal(versionBounds(version, "exact"), `==${version}`);
    assert.equal(versionBounds(version, "major"), `>=${version},${major}`);
    assert.equal(versionBounds(version, "minor"), `>=${version},${minor}`);
  });
}

// uv omits the epoch, so its bounds allow no version.
test("versionBounds keeps the epoch of a version", () => {
  assert.equal(versionBounds("1!2.3", "major"), ">=1!2.3,<1!3.0");
});

test("versionBounds takes the lower bound from the least version and the upper bound from the greatest", () => {
  assert.equal(versionBounds("1.2.3", "lower", "3.4"), ">=1.2.3");
  assert.equal(versionBounds("1.2.3", "major", "3.4"), ">=1.2.3,<4.0");
  assert.equal(versionBounds("1.2.3", "minor", "3.4"), ">=1.2.3,<3.5");
  assert.equal(versionBounds("1.2.3", "exact", "3.4"), "==1.2.3");
});
