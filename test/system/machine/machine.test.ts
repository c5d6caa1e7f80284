import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeMachine, type HostFacts, thisMachine } from "../../../src/system/machine/machine.ts";
import { parsePlatformTag } from "../../../src/vocab/tags/platform-tags.ts";

const linux: HostFacts = {
  system: "linux",
  arch: "x86_64",
  release: "6.1.0",
  version: "#1 SMP",
  libc: { glibc: [2, 36], musl: undefined },
  macos: [0, 0],
  rosetta: false,
};
const mac: HostFacts = { ...linux, system: "darwin", arch: "arm64", release: "23.6.0", macos: [14, 6] };
const windows: HostFacts = {
  ...linux,
  system: "win32",
  arch: "AMD64",
  release: "10.0.22631",
  version: "Windows 11 Pro",
};

describe("describeMachine", () => {
  const cases: [string, HostFacts, string, string[]][] = [
    ["glibc", linux, "linux-x86_64", ["manylinux_2_36_x86_64"]],
    [
      "musl",
      { ...linux, arch: "aarch64", libc: { glibc: undefined, musl: [1, 2] } },
      "linux-aarch64-musl",
      ["musllinux_1_2_aarch64"],
    ],
    [
      "glibc before musl",
      { ...linux, libc: { glibc: [2, 31], musl: [1, 2] } },
      "linux-x86_64",
      ["manylinux_2_31_x86_64", "musllinux_1_2_x86_64"],
    ],
    [
      "a machine without a known C library",
      { ...linux, libc: { glibc: undefined, musl: undefined } },
      "linux-x86_64",
      [],
    ],
    ["a Mac", mac, "macos-arm64", ["macosx_14_6_arm64"]],
    [
      "a Mac with Rosetta",
      { ...mac, rosetta: true },
      "macos-arm64",
      ["macosx_14_6_arm64", "macosx_14_6_x86_64"],
    ],
    ["Windows", windows, "windows-x86_64", ["win_amd64", "win32"]],
    [
      "Windows 11 on ARM",
      { ...windows, arch: "ARM64" },
      "windows-arm64",
      ["win_arm64", "win_amd64", "win32"],
    ],
    [
      "Windows 10 on ARM",
      { ...windows, arch: "ARM64", release: "10.0.19045" },
      "windows-arm64",
      ["win_arm64", "win32"],
    ],
  ];
  for (const [name, facts, platform, tags] of cases) {
    test(`returns the platform and the tags of ${name}`, () => {
      const machine = describeMachine(facts);
      assert.equal(machine.platform, platform);
      assert.deepEqual(machine.platformTags, tags);
    });
  }

  test("returns the marker values that Python has", () => {
    assert.deepEqual(describeMachine(linux).markers, {
      platform_release: "6.1.0",
      platform_version: "#1 SMP",
      platform_machine: "x86_64",
    });
    assert.deepEqual(describeMachine(windows).markers, {
      platform_release: "11",
      platform_version: "10.0.22631",
      platform_machine: "AMD64",
    });
    const server = describeMachine({
      ...windows,
      release: "10.0.20348",
      version: "Windows Server 2022 Datacenter",
    });
    assert.equal(server.markers.platform_release, "2022Server");
  });

  test("rejects unknown systems and processors", () => {
    assert.throws(() => describeMachine({ ...linux, arch: "riscv64" }), { code: "unknown-platform" });
    assert.throws(() => describeMachine({ ...linux, system: "sunos" }), { code: "unknown-platform" });
  });
});

test("thisMachine returns only tags that can be parsed", async () => {
  const machine = await thisMachine();
  assert.ok(machine.platformTags.length > 0);
  for (const tag of machine.platformTags) assert.ok(parsePlatformTag(tag), tag);
  assert.equal(await thisMachine(), machine);
});
