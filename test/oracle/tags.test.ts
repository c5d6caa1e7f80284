import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compatiblePlatformTags } from "../../src/vocab/tags/platform-tags.ts";
import { parseVersion } from "../../src/vocab/version/version.ts";
import { cpythonWheelTags, expandWheelTags } from "../../src/vocab/tags/wheel-tags.ts";
import { askPython } from "../support/oracle.ts";

const script = `
import json, sys, sysconfig
from packaging import tags, _manylinux, _musllinux
_manylinux._have_compatible_abi = lambda *_: True
def platforms(kind, major, minor, arch):
    if kind == "macosx": return list(tags.mac_platforms((major, minor), arch))
    if kind == "ios": return list(tags.ios_platforms((major, minor), arch))
    if kind == "android": return list(tags.android_platforms(major, arch))
    sysconfig.get_platform = lambda: f"linux-{arch}"
    _manylinux._get_glibc_version = lambda: (major, minor) if kind == "manylinux" else (-1, -1)
    _musllinux._get_musl_version = lambda _: _musllinux._MuslVersion(major, minor) if kind == "musllinux" else None
    return list(tags._linux_platforms(is_32bit=False))
def wheel(minor, abi, platforms):
    own = f"cp3{minor}"
    return [str(t) for t in [
        *tags.cpython_tags((3, minor), [abi], platforms),
        *tags.compatible_tags((3, minor), own, platforms),
    ]]
asked = json.load(sys.stdin)
print(json.dumps({
    "platforms": [platforms(*each) for each in asked["platforms"]],
    "wheels": [wheel(*each) for each in asked["wheels"]],
}))
`;

type PlatformQuestion = [kind: string, major: number, minor: number, arch: string];
type WheelQuestion = [minor: number, abi: string, platforms: string[]];

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

const oldMacVersions = range(4, 15).map((minor) => [10, minor]);
const newMacVersions = range(11, 27).map((major) => [major, 3]);
const platformQuestions: PlatformQuestion[] = [
  ...["x86_64", "arm64", "universal2"].flatMap((arch) =>
    // arm64 Macs begin with macOS 11.
    [...(arch === "x86_64" ? oldMacVersions : []), ...newMacVersions].map(
      ([major = 0, minor = 0]): PlatformQuestion => ["macosx", major, minor, arch],
    ),
  ),
  ...["x86_64", "i686", "aarch64", "armv7l", "armv8l", "s390x", "ppc64le", "riscv64"].flatMap((arch) => [
    ...[5, 12, 16, 17, 28, 36, 45].map((minor): PlatformQuestion => ["manylinux", 2, minor, arch]),
    ["manylinux", 3, 1, arch] satisfies PlatformQuestion,
    ...range(0, 4).map((minor): PlatformQuestion => ["musllinux", 1, minor, arch]),
  ]),
  ...["arm64_iphoneos", "arm64_iphonesimulator", "x86_64_iphonesimulator"].flatMap((arch) =>
    [
      [11, 0],
      [12, 0],
      [13, 0],
      [15, 4],
      [18, 9],
      [26, 1],
    ].map(([major = 0, minor = 0]): PlatformQuestion => ["ios", major, minor, arch]),
  ),
  ...["arm64_v8a", "x86_64", "armeabi_v7a"].flatMap((arch) =>
    [15, 16, 21, 35].map((level): PlatformQuestion => ["android", level, 0, arch]),
  ),
];

const wheelQuestions: WheelQuestion[] = [
  ["any_one"],
  ["manylinux_2_17_x86_64", "manylinux2014_x86_64"],
  ["win32"],
].flatMap((platforms) => [
  ...range(7, 15).map(
    (minor): WheelQuestion => [minor, minor < 8 ? `cp3${minor}m` : `cp3${minor}`, platforms],
  ),
  ...range(13, 15).map((minor): WheelQuestion => [minor, `cp3${minor}t`, platforms]),
]);

/** `packaging` lists plain `linux_…` first. Posy lists it last, as uv does: a tag with a C library is safer. */
function withPlainLinuxLast(tags: readonly string[]): readonly string[] {
  const isPlain = (tag: string) => tag.startsWith("linux_");
  return [...tags.filter((tag) => !isPlain(tag)), ...tags.filter(isPlain)];
}

describe("tags compared with `packaging`", async () => {
  const answers = await askPython<{ platforms: string[][]; wheels: string[][] }>(script, {
    platforms: platformQuestions,
    wheels: wheelQuestions,
  });

  test("computes the same wheel tags for CPython 3.7–3.15, also free-threaded", () => {
    for (const [index, [minor, abi, platforms]] of wheelQuestions.entries()) {
      const tags = cpythonWheelTags(parseVersion(`3.${minor}.1`), { freeThreaded: abi.endsWith("t") });
      assert.deepEqual(expandWheelTags(tags, platforms), answers.wheels[index], `3.${minor} ${abi}`);
    }
  });

  test("computes the same platform tags, with plain `linux_…` last", () => {
    for (const [index, [kind, major, minor, arch]] of platformQuestions.entries()) {
      const own = kind === "android" ? `android_${major}_${arch}` : `${kind}_${major}_${minor}_${arch}`;
      const theirs = withPlainLinuxLast(answers.platforms[index] ?? []);
      assert.deepEqual(compatiblePlatformTags(own), theirs, own);
    }
  });
});
