import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeInterpreter } from "../../../src/pythons/compatibility/describe-interpreter.ts";
import { hostPlatformTag, runsOn } from "../../../src/pythons/compatibility/host-platform-tag.ts";
import { markerEnvironment } from "../../../src/pythons/compatibility/interpreter-markers.ts";
import { platformDefaults } from "../../../src/pythons/compatibility/platform-defaults.ts";
import { platformOfTag } from "../../../src/pythons/compatibility/platform-of-tag.ts";
import { wheelTagsOf } from "../../../src/pythons/compatibility/wheel-tags-of.ts";
import type { Machine } from "../../../src/system/machine/machine.ts";
import { platformNames } from "../../../src/vocab/tags/platform-name.ts";
import { parseVersion } from "../../../src/vocab/version/version.ts";

const machine: Machine = {
  platform: "linux-x86_64",
  platformTags: ["manylinux_2_36_x86_64", "musllinux_1_2_x86_64"],
  markers: { platform_release: "6.1", platform_version: "#1 SMP", platform_machine: "x86_64" },
};
const python = (version: string, platform: (typeof platformNames)[number] = "linux-x86_64") =>
  describeInterpreter(parseVersion(version), platform);

test("a version with fewer than three numbers means the lowest that satisfies it", () => {
  assert.equal(python("3.13").version, "3.13.0");
  assert.equal(python("3").version, "3.0.0");
  assert.equal(python("3.15rc1").version, "3.15.0rc1");
  assert.equal(python("3.13.5").version, "3.13.5");
  assert.equal(python("3.13").markers.python_full_version, "3.13.0");
  assert.equal(python("3").markers.python_version, "3.0");
});

test("the default tag of each platform belongs to that platform", () => {
  for (const name of platformNames) assert.equal(platformOfTag(platformDefaults[name].platformTag), name);
});

describe("the marker environment", () => {
  test("has all variables, with the machine's release if it is for the machine's platform", () => {
    const values = markerEnvironment(python("3.12.1"), machine);
    assert.deepEqual(values, {
      implementation_name: "cpython",
      implementation_version: "3.12.1",
      os_name: "posix",
      platform_machine: "x86_64",
      platform_python_implementation: "CPython",
      platform_release: "6.1",
      platform_system: "Linux",
      platform_version: "#1 SMP",
      python_full_version: "3.12.1",
      python_version: "3.12",
      sys_platform: "linux",
    });
  });
  test("has an empty release for another platform", () => {
    const values = markerEnvironment(python("3.12.1", "windows-x86_64"), machine);
    assert.equal(values.platform_release, "");
    assert.equal(values.platform_version, "");
    assert.equal(values.platform_machine, "AMD64");
    assert.equal(values.os_name, "nt");
  });
  test("of a universal2 pybi has the architecture of the chosen platform", () => {
    const { platform_machine: _, ...markers } = python("3.12.1", "macos-arm64").markers;
    assert.equal(
      markerEnvironment({ ...python("3.12.1", "macos-arm64"), markers }).platform_machine,
      "arm64",
    );
  });
});

describe("the wheel tags", () => {
  test("include platform tags up to the machine's C library version", () => {
    const [first] = wheelTagsOf({ ...python("3.12.1"), platformTags: ["manylinux_2_17_x86_64"] }, machine);
    assert.equal(first, "cp312-cp312-manylinux_2_36_x86_64");
  });
  test("belong to one platform family", () => {
    const tags = wheelTagsOf(python("3.12.1"), machine);
    assert.ok(!tags.some((tag) => tag.includes("musllinux")));
    const musl = wheelTagsOf(python("3.12.1", "linux-x86_64-musl"), machine);
    assert.equal(musl[0], "cp312-cp312-musllinux_1_2_x86_64");
    assert.ok(!musl.some((tag) => tag.includes("manylinux")));
  });
  test("of another platform include platform tags up to that platform's default", () => {
    assert.equal(wheelTagsOf(python("3.12.1"))[0], "cp312-cp312-manylinux_2_28_x86_64");
    assert.equal(
      wheelTagsOf(python("3.12.1", "linux-aarch64"), machine)[0],
      "cp312-cp312-manylinux_2_28_aarch64",
    );
    assert.equal(wheelTagsOf(python("3.12.1", "macos-arm64"), machine)[0], "cp312-cp312-macosx_13_0_arm64");
    assert.equal(wheelTagsOf(python("3.12.1", "windows-x86_64"), machine)[0], "cp312-cp312-win_amd64");
  });
});

test("an interpreter runs if the machine's C library is at least as new as its tag", () => {
  const built = (tag: string) => ({ ...python("3.12.1"), platformTags: [tag] });
  assert.ok(runsOn(built("manylinux_2_36_x86_64"), machine));
  assert.ok(runsOn(built("manylinux2014_x86_64"), machine));
  assert.ok(runsOn(built("musllinux_1_1_x86_64"), machine));
  assert.ok(!runsOn(built("manylinux_2_37_x86_64"), machine));
  assert.ok(!runsOn(built("manylinux_2_17_aarch64"), machine));
  assert.ok(!runsOn(built("unheard_of"), machine));
});

test("the platform tag of the machine for an interpreter is of the same family and processor", () => {
  const tagFor = (tag: string, platformTags: readonly string[]) =>
    hostPlatformTag({ ...python("3.12.1"), platformTags: [tag] }, { ...machine, platformTags });
  const mac = ["macosx_14_0_arm64"];
  assert.equal(tagFor("macosx_11_0_universal2", mac), "macosx_14_0_arm64");
  assert.equal(tagFor("macosx_11_0_arm64", mac), "macosx_14_0_arm64");
  assert.equal(tagFor("macosx_11_0_x86_64", mac), undefined);
  assert.equal(tagFor("musllinux_1_1_x86_64", machine.platformTags), "musllinux_1_2_x86_64");
  assert.equal(tagFor("unheard_of", ["other", "unheard_of"]), "unheard_of");
  assert.equal(tagFor("unheard_of", ["other"]), undefined);
});

test("computes the paths of a CPython by operating system and kind of build", () => {
  assert.equal(python("3.13.5").paths.purelib, "lib/python3.13/site-packages");
  assert.equal(python("3.7.16").paths.include, "include/python3.7m");
  assert.equal(python("3.8.0").paths.include, "include/python3.8");
  const threaded = describeInterpreter(parseVersion("3.13.5"), "linux-x86_64", { freeThreaded: true });
  assert.equal(threaded.paths.stdlib, "lib/python3.13t");
  assert.equal(threaded.wheelTags[0], "cp313-cp313t-PLATFORM");
  assert.deepEqual(python("3.13.5", "windows-x86_64").paths.scripts, "Scripts");
});
