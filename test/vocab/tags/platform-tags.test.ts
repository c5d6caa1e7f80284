import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  compatiblePlatformTags,
  parsePlatformTag,
  splitUniversal2,
} from "../../../src/vocab/tags/platform-tags.ts";

describe("parsePlatformTag", () => {
  const table: [tag: string, family: string, arch: string, level: number[]][] = [
    ["manylinux_2_17_x86_64", "manylinux", "x86_64", [2, 17]],
    ["manylinux2014_aarch64", "manylinux", "aarch64", [2, 17]],
    ["manylinux2010_i686", "manylinux", "i686", [2, 12]],
    ["manylinux1_x86_64", "manylinux", "x86_64", [2, 5]],
    ["musllinux_1_2_x86_64", "musllinux", "x86_64", [1, 2]],
    ["linux_armv7l", "linux", "armv7l", []],
    ["macosx_10_9_x86_64", "macosx", "x86_64", [10, 9]],
    ["macosx_11_0_universal2", "macosx", "universal2", [11, 0]],
    ["win32", "win", "x86", []],
    ["win_amd64", "win", "amd64", []],
    ["win_arm64", "win", "arm64", []],
    ["ios_13_0_arm64_iphoneos", "ios", "arm64_iphoneos", [13, 0]],
    ["android_21_arm64_v8a", "android", "arm64_v8a", [21]],
    ["pyodide_2025_0_wasm32", "pyodide", "wasm32", [2025, 0]],
  ];
  for (const [tag, family, arch, level] of table) {
    test(tag, () => assert.deepEqual(parsePlatformTag(tag), { family, arch, level }));
  }
  for (const tag of [
    "",
    "any",
    "manylinux_2_x86_64",
    "manylinux_2_99999_x86_64",
    "solaris_11_sparc",
    "macosx_11_arm64",
  ]) {
    test(`\`${tag}\` is unknown`, () => {
      assert.equal(parsePlatformTag(tag), undefined);
      assert.deepEqual(compatiblePlatformTags(tag), []);
    });
  }
});

describe("compatiblePlatformTags", () => {
  test("lists older manylinux tags, each legacy name right after its PEP 600 equivalent", () => {
    const tags = compatiblePlatformTags("manylinux_2_18_x86_64");
    assert.deepEqual(tags.slice(0, 4), [
      "manylinux_2_18_x86_64",
      "manylinux_2_17_x86_64",
      "manylinux2014_x86_64",
      "manylinux_2_16_x86_64",
    ]);
    assert.equal(tags[tags.indexOf("manylinux_2_12_x86_64") + 1], "manylinux2010_x86_64");
    assert.equal(tags[tags.indexOf("manylinux_2_5_x86_64") + 1], "manylinux1_x86_64");
    assert.deepEqual(tags.slice(-2), ["manylinux1_x86_64", "linux_x86_64"]);
    assert.equal(tags.length, 14 + 3 + 1);
  });
  test("lists manylinux tags older than manylinux2014 for x86 only", () => {
    assert.deepEqual(compatiblePlatformTags("manylinux_2_18_aarch64"), [
      "manylinux_2_18_aarch64",
      "manylinux_2_17_aarch64",
      "manylinux2014_aarch64",
      "linux_aarch64",
    ]);
    assert.ok(compatiblePlatformTags("manylinux_2_36_i686").includes("manylinux1_i686"));
  });
  test("treats a legacy tag as its PEP 600 equivalent", () => {
    assert.deepEqual(
      compatiblePlatformTags("manylinux2014_x86_64"),
      compatiblePlatformTags("manylinux_2_17_x86_64"),
    );
  });
  test("lists older musllinux tags", () => {
    assert.deepEqual(compatiblePlatformTags("musllinux_1_1_aarch64"), [
      "musllinux_1_1_aarch64",
      "musllinux_1_0_aarch64",
      "linux_aarch64",
    ]);
  });
  test("groups the formats of each macOS version, with minor 0 from macOS 11 on", () => {
    const tags = compatiblePlatformTags("macosx_12_3_x86_64");
    assert.deepEqual(tags.slice(0, 7), [
      "macosx_12_0_x86_64",
      "macosx_12_0_intel",
      "macosx_12_0_fat64",
      "macosx_12_0_fat3",
      "macosx_12_0_universal2",
      "macosx_12_0_universal",
      "macosx_11_0_x86_64",
    ]);
    assert.equal(tags.at(-1), "macosx_10_4_universal");
    assert.ok(compatiblePlatformTags("macosx_14_0_arm64").every((tag) => /(arm64|universal2)$/.test(tag)));
  });
  test("an arm64 Mac takes arm64 wheels from macOS 11 on, universal2 wheels from 10.4 on", () => {
    const tags = compatiblePlatformTags("macosx_12_3_arm64");
    assert.deepEqual(tags.slice(0, 5), [
      "macosx_12_0_arm64",
      "macosx_12_0_universal2",
      "macosx_11_0_arm64",
      "macosx_11_0_universal2",
      "macosx_10_16_universal2",
    ]);
    assert.equal(tags.at(-1), "macosx_10_4_universal2");
    assert.ok(!tags.includes("macosx_10_16_arm64") && !tags.includes("macosx_10_9_arm64"));
  });
  test("accepts only the same tag on Windows", () => {
    for (const tag of ["win32", "win_amd64", "win_arm64"])
      assert.deepEqual(compatiblePlatformTags(tag), [tag]);
  });
  test("accepts plain linux last, on glibc and on musl", () => {
    for (const tag of ["manylinux_2_36_x86_64", "musllinux_1_2_x86_64", "linux_x86_64"]) {
      assert.equal(compatiblePlatformTags(tag).at(-1), "linux_x86_64");
    }
    assert.deepEqual(compatiblePlatformTags("manylinux_2_36_armv8l").slice(-2), [
      "linux_armv8l",
      "linux_armv7l",
    ]);
  });
  test("accepts only one family and one architecture", () => {
    for (const tag of compatiblePlatformTags("manylinux_2_36_aarch64"))
      assert.match(tag, /^(many)?linux.*_aarch64$/);
  });
});

test("splitUniversal2 puts arm64 first and leaves other tags alone", () => {
  assert.deepEqual(splitUniversal2("macosx_12_0_universal2"), ["macosx_12_0_arm64", "macosx_12_0_x86_64"]);
  assert.deepEqual(splitUniversal2("macosx_10_9_universal2"), ["macosx_11_0_arm64", "macosx_10_9_x86_64"]);
  assert.deepEqual(splitUniversal2("win_amd64"), ["win_amd64"]);
});
