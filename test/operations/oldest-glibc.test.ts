import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { oldestGlibc } from "../../src/operations/ship/oldest-glibc.ts";

describe("the oldest glibc that files need", () => {
  for (const [title, files, expected] of [
    ["is that of the lowest tag of a file", [["manylinux_2_17_x86_64", "manylinux2014_x86_64"]], "2.17"],
    ["is the newest of all files", [["manylinux1_x86_64"], ["manylinux_2_28_x86_64"], ["any"]], "2.28"],
    ["is that of old policies", [["manylinux2010_x86_64"]], "2.12"],
    ["is that of the tags of an interpreter", ["manylinux_2_30_x86_64"], "2.30"],
    [
      "is unknown for other systems",
      [["win_amd64"], ["macosx_11_0_arm64"], ["musllinux_1_2_x86_64"]],
      undefined,
    ],
  ] as const) {
    test(title, () => assert.equal(oldestGlibc(files), expected));
  }
});
