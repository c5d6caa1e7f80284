import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FakeIndex } from "../support/fake-package-db.ts";
import { failing, resolving, type Scene } from "./resolving.ts";

/** Each row: what there is, what is asked for, what comes of it. */
const rows: Readonly<Record<string, readonly [FakeIndex, Scene, readonly string[]]>> = {
  "where nothing else is in the range": [
    { a: { "0.1.0": {}, "1.0.0a1": {} } },
    { with: ["a>0.1.0"] },
    ["a==1.0.0a1"],
  ],
  "the newest one in the range": [
    { a: { "1.0": {}, "2.0a1": {}, "2.0b1": {}, "2.0b2": {}, "3.0a1": {} } },
    { with: ["a>1.0,!=2.0b2,<2.0rc1"] },
    ["a==2.0b1"],
  ],
  "which ends before the pre-releases of its bound": [
    { a: { "0.1a1": {}, "0.2a1": {} } },
    { with: ["a<0.2"] },
    ["a==0.1a1"],
  ],
  "where a hole is all that a final release falls into": [
    { a: { "1.0": {}, "2.0a1": {} } },
    { with: ["a!=1.0"] },
    ["a==2.0a1"],
  ],
  "where a package asks for no other": [
    { a: { "1.0": { requires: ["c==2.0.0b1"] } }, c: { "1.0.0": {}, "2.0.0b1": {} } },
    { with: ["a"] },
    ["a==1.0", "c==2.0.0b1"],
  ],
  "where one package asks for it and another for anything": [
    {
      a: { "1.0": { requires: ["c>=2.0.0b1"] } },
      b: { "1.0": { requires: ["c>=1.0.0,<=3.0.0"] } },
      c: { "1.0.0": {}, "2.0.0a9": {}, "2.0.0b1": {} },
    },
    { with: ["b", "a"] },
    ["a==1.0", "b==1.0", "c==2.0.0b1"],
  ],
  "where an extra asks for it": [
    {
      a: { "1.0": { extras: ["x"], requires: ["c[y]>=2.0b1; extra == 'x'"] } },
      c: { "1.0": {}, "2.0b1": { extras: ["y"], requires: ["d; extra == 'y'"] } },
      d: { "1.0": {} },
    },
    { with: ["a[x]", "c"] },
    ["a==1.0", "c==2.0b1", "d==1.0"],
  ],
  "where a constraint leaves nothing else": [
    { a: { "1.0": { requires: ["c"] } }, c: { "1.0": {}, "2.0b1": {} } },
    { with: ["a"], brief: { constraints: ["c>1.0"] } },
    ["a==1.0", "c==2.0b1"],
  ],
  "where an override asks for no other": [
    { a: { "1.0": { requires: ["c<2"] } }, c: { "1.0": {}, "2.0b1": {} } },
    { with: ["a"], brief: { overrides: ["c==2.0b1"] } },
    ["a==1.0", "c==2.0b1"],
  ],
  "where all final releases were yanked": [
    { a: { "1.0": { yanked: "broken" }, "2.0b1": {} } },
    { with: ["a"] },
    ["a==2.0b1"],
  ],
  "where no final release goes with the rest": [
    {
      a: { "1.0": {}, "2.0": {} },
      c: { "1.0": { requires: ["d"] }, "1.5a1": {}, "2.0b1": { requires: ["a>=2"] } },
      d: { "1.0": { requires: ["a>=2"] } },
    },
    { with: ["a==1.0", "c"] },
    ["a==1.0", "c==1.5a1"],
  ],
  "the lowest, where the lowest are wanted": [
    { a: { "1.0": {}, "1.1a1": {}, "1.1a2": {} }, b: { "0.9a1": {}, "1.0": {}, "2.0": {} } },
    { with: ["a>1.0", "b"], brief: { prefer: "lowest" } },
    ["a==1.1a1", "b==1.0"],
  ],
  "in no mix with final releases but where they are allowed": [
    { a: { "1.0": {}, "1.1a1": {}, "2.0": {}, "3.0.dev1": {} } },
    { with: ["a>=0.9a1"], brief: { prerelease: "allow" } },
    ["a==3.0.dev1"],
  ],
  "of packages that the Brief names one of, in the mode `explicit`": [
    { a: { "1.0": {}, "2.0b1": {} }, b: { "1.0": { requires: ["c"] }, "0.9": {} }, c: { "1.0a1": {} } },
    { with: ["a>=2.0b1", "b"], brief: { prerelease: "explicit" } },
    ["a==2.0b1", "b==0.9"],
  ],
};

describe("pre-releases are taken", () => {
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
