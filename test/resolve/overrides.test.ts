import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { failing, resolving } from "./resolving.ts";

const index = {
  app: { "1.0": { requires: ["lib[fast]<2", "tool"] } },
  lib: {
    "1.0": { extras: ["fast"] },
    "2.0": { requires: ["speed; extra == 'fast'"], extras: ["fast"] },
    "3.0a1": {},
  },
  speed: { "1.0": {} },
  tool: { "1.0": {} },
};

const cases: readonly (readonly [
  string,
  { overrides: readonly string[]; with?: readonly string[] },
  readonly string[],
])[] = [
  [
    "replaces what other packages require",
    { overrides: ["lib>=2"] },
    ["app==1.0", "lib==2.0", "speed==1.0", "tool==1.0"],
  ],
  [
    "replaces a requirement of the Brief",
    { overrides: ["lib==2.0"], with: ["app", "lib==1.0"] },
    ["app==1.0", "lib==2.0", "speed==1.0", "tool==1.0"],
  ],
  [
    "removes the package if its marker does not hold",
    { overrides: ["tool; sys_platform == 'win32'", "lib>=1"] },
    ["app==1.0", "lib==2.0", "speed==1.0"],
  ],
  ["may select a pre-release", { overrides: ["lib==3.0a1"] }, ["app==1.0", "lib==3.0a1", "tool==1.0"]],
  [
    "does not add a package that nothing requires",
    { overrides: ["speed"] },
    ["app==1.0", "lib==1.0", "tool==1.0"],
  ],
];

describe("an override", () => {
  for (const [title, { overrides, with: wanted = ["app"] }, pins] of cases) {
    test(title, async () => {
      assert.deepEqual((await resolving(index, { with: wanted, brief: { overrides } })).pins, pins);
    });
  }

  test("that no version satisfies is reported with its origin", async () => {
    const { message } = await failing(index, { with: ["app"], brief: { overrides: ["lib>9"] } });
    assert.match(message, /`lib\[fast\]>9` \(overrides\.txt:1\)/);
  });
});
