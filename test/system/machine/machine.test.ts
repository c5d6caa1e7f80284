import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  describeMachine,
  type HostFacts,
  linuxArch,
  thisMachine,
} from "../../../src/system/machine/machine.ts";
import { parsePlatformTag } from "../../../src/vocab/tags/platform-tags.ts";

const linux: HostFacts = {
  system: "linux",
  arch: "x86_64",
  release: "6.1.0",
  version: "#1 SMP",
  libc: { glibc: [2, 36], musl: undefined, system: "glibc" },
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
      { ...linux, arch: "aarch64", libc: { glibc: undefined, musl: [1, 2], system: "musl" } },
      "linux-aarch64-musl",
      ["musllinux_1_2_aarch64"],
    ],
    [
      "glibc before musl",
      { ...linux, libc: { glibc: [2, 31], musl: [1, 2], system: "glibc" } },
      "linux-x86_64",
      ["manylinux_2_31_x86_64", "musllinux_1_2_x86_64"],
    ],
    [
      "musl before glibc where the system's programs use musl",
      { ...linux, libc: { glibc: [2, 35], musl: [1, 2], system: "musl" } },
      "linux-x86_64-musl",
      ["musllinux_1_2_x86_64", "manylinux_2_35_x86_64"],
    ],
    [
      "glibc before musl where the system's programs are static",
      { ...linux, libc: { glibc: [2, 31], musl: [1, 2], system: undefined } },
      "linux-x86_64",
      ["manylinux_2_31_x86_64", "musllinux_1_2_x86_64"],
    ],
    [
      "musl programs without the loader of musl",
      { ...linux, libc: { glibc: [2, 31], musl: undefined, system: "musl" } },
      "linux-x86_64",
      ["manylinux_2_31_x86_64"],
    ],
    [
      "a machine without a known C library",
      { ...linux, libc: { glibc: undefined, musl: undefined, system: undefined } },
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
    for (const arch of ["i686", "armv7l", "armv8l", "riscv64", "ppc64le", "s390x", "loongarch64"]) {
      assert.throws(() => describeMachine({ ...linux, arch }), {
        code: "unknown-platform",
        message: `this machine is \`linux\` on \`${arch}\`, which Posy does not support`,
      });
    }
    assert.throws(() => describeMachine({ ...linux, system: "sunos" }), { code: "unknown-platform" });
  });
});

describe("linuxArch", () => {
  const cases: [machine: string, processArch: string, arch: string][] = [
    ["x86_64", "x64", "x86_64"],
    // Node, and Bun, on the same machine.
    ["aarch64", "arm64", "aarch64"],
    ["arm64", "arm64", "aarch64"],
    ["x86_64", "ia32", "i686"],
    ["aarch64", "arm", "armv8l"],
    ["armv7l", "arm", "armv7l"],
    ["riscv64", "riscv64", "riscv64"],
    ["ppc64le", "ppc64", "ppc64le"],
    ["s390x", "s390x", "s390x"],
  ];
  for (const [machine, processArch, arch] of cases) {
    test(`returns ${arch} for a ${processArch} process where the machine is called ${machine}`, () => {
      assert.equal(linuxArch(machine, processArch), arch);
    });
  }
});

test("thisMachine returns only tags that can be parsed", async () => {
  const machine = await thisMachine();
  assert.ok(machine.platformTags.length > 0);
  for (const tag of machine.platformTags) assert.ok(parsePlatformTag(tag), tag);
  assert.equal(await thisMachine(), machine);
});
