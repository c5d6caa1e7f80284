import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FakeIndex } from "../support/fake-package-db.ts";
import { failing, resolving, type Scene } from "./resolving.ts";

/** Each row: the packages on the index, the requirements, and the expected pins. */
const rows: Readonly<Record<string, readonly [FakeIndex, Scene, readonly string[]]>> = {
  "a pre-release if no final release is in the range": [
    { a: { "0.1.0": {}, "1.0.0a1": {} } },
    { with: ["a>0.1.0"] },
    ["a==1.0.0a1"],
  ],
  "the newest pre-release in the range": [
    { a: { "1.0": {}, "2.0a1": {}, "2.0b1": {}, "2.0b2": {}, "3.0a1": {} } },
    { with: ["a>1.0,!=2.0b2,<2.0rc1"] },
    ["a==2.0b1"],
  ],
  "no pre-release of the version that an upper bound excludes": [
    { a: { "0.1a1": {}, "0.2a1": {} } },
    { with: ["a<0.2"] },
    ["a==0.1a1"],
  ],
  "a pre-release if `!=` excludes the only final release": [
    { a: { "1.0": {}, "2.0a1": {} } },
    { with: ["a!=1.0"] },
    ["a==2.0a1"],
  ],
  "a pre-release that a package pins": [
    { a: { "1.0": { requires: ["c==2.0.0b1"] } }, c: { "1.0.0": {}, "2.0.0b1": {} } },
    { with: ["a"] },
    ["a==1.0", "c==2.0.0b1"],
  ],
  "a pre-release if one package requires it and another allows all versions": [
    {
      a: { "1.0": { requires: ["c>=2.0.0b1"] } },
      b: { "1.0": { requires: ["c>=1.0.0,<=3.0.0"] } },
      c: { "1.0.0": {}, "2.0.0a9": {}, "2.0.0b1": {} },
    },
    { with: ["b", "a"] },
    ["a==1.0", "b==1.0", "c==2.0.0b1"],
  ],
  "a pre-release that an extra requires": [
    {
      a: { "1.0": { extras: ["x"], requires: ["c[y]>=2.0b1; extra == 'x'"] } },
      c: { "1.0": {}, "2.0b1": { extras: ["y"], requires: ["d; extra == 'y'"] } },
      d: { "1.0": {} },
    },
    { with: ["a[x]", "c"] },
    ["a==1.0", "c==2.0b1", "d==1.0"],
  ],
  "a pre-release if a constraint excludes all final releases": [
    { a: { "1.0": { requires: ["c"] } }, c: { "1.0": {}, "2.0b1": {} } },
    { with: ["a"], brief: { constraints: ["c>1.0"] } },
    ["a==1.0", "c==2.0b1"],
  ],
  "a pre-release that an override pins": [
    { a: { "1.0": { requires: ["c<2"] } }, c: { "1.0": {}, "2.0b1": {} } },
    { with: ["a"], brief: { overrides: ["c==2.0b1"] } },
    ["a==1.0", "c==2.0b1"],
  ],
  "a pre-release if all final releases were yanked": [
    { a: { "1.0": { yanked: "broken" }, "2.0b1": {} } },
    { with: ["a"] },
    ["a==2.0b1"],
  ],
  "a pre-release if all final releases conflict with other packages": [
    {
      a: { "1.0": {}, "2.0": {} },
      c: { "1.0": { requires: ["d"] }, "1.5a1": {}, "2.0b1": { requires: ["a>=2"] } },
      d: { "1.0": { requires: ["a>=2"] } },
    },
    { with: ["a==1.0", "c"] },
    ["a==1.0", "c==1.5a1"],
  ],
  "the lowest pre-release if the lowest versions are preferred": [
    { a: { "1.0": {}, "1.1a1": {}, "1.1a2": {} }, b: { "0.9a1": {}, "1.0": {}, "2.0": {} } },
    { with: ["a>1.0", "b"], brief: { prefer: "lowest" } },
    ["a==1.1a1", "b==1.0"],
  ],
  "the newest version if pre-releases are allowed, even a development release": [
    { a: { "1.0": {}, "1.1a1": {}, "2.0": {}, "3.0.dev1": {} } },
    { with: ["a>=0.9a1"], brief: { prerelease: "allow" } },
    ["a==3.0.dev1"],
  ],
  "only pre-releases that the Brief names, in the mode `explicit`": [
    { a: { "1.0": {}, "2.0b1": {} }, b: { "1.0": { requires: ["c"] }, "0.9": {} }, c: { "1.0a1": {} } },
    { with: ["a>=2.0b1", "b"], brief: { prerelease: "explicit" } },
    ["a==2.0b1", "b==0.9"],
  ],
};

describe("the resolver takes", () => {
  for (const [title, [index, scene, expected]] of Object.entries(rows)) {
    test(title, async () => {
      assert.deepEqual((await resolving(index, scene)).pins, expected);
    });
  }
});

const twoPlatforms = {
  platforms: ["linux-x86_64", "windows-x86_64"],
} as const satisfies Scene["brief"];

test("takes a final release on one target even if another target needs a pre-release", async () => {
  const { blueprint } = await resolving(
    { a: { "1.0": {}, "2.0b1": {} } },
    { with: ["a", "a>1.0; sys_platform == 'linux'"], brief: twoPlatforms },
  );
  assert.deepEqual(
    blueprint.targets.map(({ packages }) => packages.map(({ version }) => version)),
    [["2.0b1"], ["1.0"]],
  );
});

test("takes the same pre-release on all targets if pre-releases are allowed", async () => {
  const { blueprint } = await resolving(
    { a: { "1.0": {}, "2.0b1": {}, "2.0b2": { wheels: ["py3-none-win_amd64"] } } },
    { with: ["a"], brief: { ...twoPlatforms, prerelease: "allow" } },
  );
  assert.deepEqual(
    blueprint.targets.map(({ packages }) => packages.map(({ version }) => version)),
    [["2.0b1"], ["2.0b1"]],
  );
});

test("drops a locked pre-release if pre-releases are no longer allowed", async () => {
  const index = { a: { "1.0": {}, "2.0rc1": {} } };
  const { blueprint } = await resolving(index, { with: ["a>1.0"] });
  const brief = { prerelease: "disallow" } as const;
  assert.deepEqual((await resolving(index, { with: ["a"], brief, preferences: blueprint })).pins, ["a==1.0"]);
});

test("prefers the pre-release mode of a package to the general one", async () => {
  const index = { a: { "2.0rc1": {} } };
  const { message } = await failing(index, { with: ["a"], brief: { prereleases: { a: "disallow" } } });
  assert.match(message, /`a 2.0rc1` is a pre-release/);
  const brief = { prerelease: "disallow", prereleases: { a: "if-necessary" } } as const;
  assert.deepEqual((await resolving(index, { with: ["a"], brief })).pins, ["a==2.0rc1"]);
});
