/** Operating systems as platform tags distinguish them. `linux` is the plain tag, which names no C library. */
export type PlatformFamily =
  | "manylinux"
  | "musllinux"
  | "linux"
  | "macosx"
  | "win"
  | "ios"
  | "android"
  | "pyodide";

/** A parsed platform tag: `manylinux_2_17_x86_64` → manylinux, x86_64, [2, 17]. */
export interface PlatformTag {
  readonly family: PlatformFamily;
  /** As the tag spells it: `x86_64`, `arm64`, `amd64`, `universal2`, `arm64_iphoneos`, `arm64_v8a`. */
  readonly arch: string;
  /** The version of libc or of the system, or the API level. Empty if the tag has none (`win_amd64`). */
  readonly level: readonly number[];
}

/** At most three digits, so that a hostile tag can't expand to a million older ones. */
const leveled = /^(manylinux|musllinux|macosx|ios)_(\d{1,3})_(\d{1,3})_([a-z0-9_]+)$/;
const pyodidePattern = /^pyodide_(\d{4})_(\d{1,3})_([a-z0-9_]+)$/;
const androidPattern = /^android_(\d{1,3})_([a-z0-9_]+)$/;
const legacyPattern = /^(manylinux1|manylinux2010|manylinux2014)_([a-z0-9_]+)$/;
const bare = /^(linux|win)_([a-z0-9_]+)$/;

/** The glibc minor versions of the three legacy tags (the table of PEP 600). */
const glibcOfLegacy: Readonly<Record<string, number>> = {
  manylinux2014: 17,
  manylinux2010: 12,
  manylinux1: 5,
};
const legacyOfGlibc = new Map(Object.entries(glibcOfLegacy).map(([tag, minor]) => [minor, tag]));

/**
 * Reads a platform tag: manylinux (PEP 600 and its legacy aliases), musllinux (656), macOS, Windows, iOS (730),
 * Android (738), plain `linux_…`, Pyodide (783). Undefined for any other tag, which matches nothing.
 */
export function parsePlatformTag(tag: string): PlatformTag | undefined {
  if (tag === "win32") return { family: "win", arch: "x86", level: [] };
  let match = leveled.exec(tag);
  if (match) {
    const [, family = "", major, minor, arch = ""] = match;
    return { family: family as PlatformFamily, arch, level: [Number(major), Number(minor)] };
  }
  match = androidPattern.exec(tag);
  if (match) return { family: "android", arch: match[2] ?? "", level: [Number(match[1])] };
  match = pyodidePattern.exec(tag);
  if (match) return { family: "pyodide", arch: match[3] ?? "", level: [Number(match[1]), Number(match[2])] };
  match = legacyPattern.exec(tag);
  if (match) {
    return { family: "manylinux", arch: match[2] ?? "", level: [2, glibcOfLegacy[match[1] ?? ""] ?? 5] };
  }
  match = bare.exec(tag);
  if (match) return { family: match[1] as PlatformFamily, arch: match[2] ?? "", level: [] };
  return undefined;
}

/**
 * Returns every platform tag that a machine accepts, best first. `tag` is its highest one: `manylinux_2_36_x86_64`,
 * `macosx_14_0_arm64`, `win_amd64`. These are the lists of `packaging.tags`, for one family and one architecture. Plain
 * `linux_…` fits every Linux of its architecture. It does not say which C library it needs, so it comes last, as in uv
 * (`packaging` lists it first since 24). An unknown tag accepts nothing.
 */
export function compatiblePlatformTags(tag: string): readonly string[] {
  const platform = parsePlatformTag(tag);
  if (platform === undefined) return [];
  const { family, arch, level } = platform;
  const [major = 0, minor = 0] = level;
  switch (family) {
    case "manylinux":
      return [...archsOf(arch).flatMap((each) => manylinuxTags(major, minor, each)), ...plainLinuxTags(arch)];
    case "musllinux":
      return [
        ...archsOf(arch).flatMap((each) =>
          countDown(minor, 0).map((older) => `musllinux_${major}_${older}_${each}`),
        ),
        ...plainLinuxTags(arch),
      ];
    case "linux":
      return plainLinuxTags(arch);
    case "macosx":
      return macosTags(major, minor, arch);
    case "ios":
      return iosTags(major, minor, arch);
    case "android":
      // 16 is the first API level on which CPython runs.
      return countDown(major, 16).map((older) => `android_${older}_${arch}`);
    case "win":
    case "pyodide":
      return [tag];
    default:
      return [];
  }
}

/** Whether the tag is a plain `linux_…`, which does not say which C library it needs. */
export function isPlainLinux(tag: string): boolean {
  return parsePlatformTag(tag)?.family === "linux";
}

/** Splits a `universal2` tag into the tags of its two architectures, arm64 first. Returns any other tag alone. */
export function splitUniversal2(tag: string): readonly string[] {
  const platform = parsePlatformTag(tag);
  if (platform?.family !== "macosx" || platform.arch !== "universal2") return [tag];
  const [major, minor] = platform.level;
  // No arm64 Mac is older than macOS 11.
  const arm64 = (major ?? 0) < 11 ? "macosx_11_0_arm64" : `macosx_${major}_${minor}_arm64`;
  return [arm64, `macosx_${major}_${minor}_x86_64`];
}

/** A 64-bit ARM machine in 32-bit mode (`armv8l`) also runs programs for `armv7l`. */
function archsOf(arch: string): readonly string[] {
  return arch === "armv8l" ? ["armv8l", "armv7l"] : [arch];
}

function plainLinuxTags(arch: string): string[] {
  return archsOf(arch).map((each) => `linux_${each}`);
}

/**
 * A glibc 3 would run programs for glibc 2, whose last minor version nobody knows. 50 is a guess, as in `packaging`.
 */
const lastGlibcMinor = 50;

/** The oldest glibc 2 that has a manylinux tag (PEP 600): that of manylinux1 on x86, of manylinux2014 elsewhere. */
function oldestGlibcMinor(arch: string): number {
  return arch === "x86_64" || arch === "i686" ? 5 : 17;
}

function manylinuxTags(major: number, minor: number, arch: string): string[] {
  const tags: string[] = [];
  for (let generation = major; generation >= 2; generation--) {
    const newest = generation === major ? minor : lastGlibcMinor;
    for (const older of countDown(newest, generation === 2 ? oldestGlibcMinor(arch) : 0)) {
      tags.push(`manylinux_${generation}_${older}_${arch}`);
      const legacy = generation === 2 ? legacyOfGlibc.get(older) : undefined;
      if (legacy !== undefined) tags.push(`${legacy}_${arch}`);
    }
  }
  return tags;
}

/** The binary formats that a Mac of each architecture can load, best first (in the order of `packaging`). */
const macosFormats: Readonly<Record<string, readonly string[]>> = {
  x86_64: ["x86_64", "intel", "fat64", "fat3", "universal2", "universal"],
  arm64: ["arm64", "universal2"],
};

function macosTags(major: number, minor: number, arch: string): string[] {
  const formats = macosFormats[arch] ?? [arch];
  const all = (versions: readonly string[], each: readonly string[]) =>
    versions.flatMap((version) => each.map((format) => `macosx_${version}_${format}`));
  // From macOS 11 on, wheels name the major version only.
  const newer = countDown(major, 11).map((each) => `${each}_0`);
  // macOS 11 called itself 10.16 to programs built before it, and some wheels carry that. x86_64 came with 10.4.
  const older = countDown(major >= 11 ? 16 : minor, 4).map((each) => `10_${each}`);
  // macOS 11 is the first for arm64. A universal2 wheel names the older system that its x86_64 half supports.
  return [...all(newer, formats), ...all(older, arch === "x86_64" ? formats : ["universal2"])];
}

/** PEP 730: 12.0 is the first iOS on which CPython runs; no minor version has ever gone beyond 9. */
function iosTags(major: number, minor: number, arch: string): string[] {
  return countDown(major, 12).flatMap((older) =>
    countDown(older === major ? minor : 9, 0).map((each) => `ios_${older}_${each}_${arch}`),
  );
}

function countDown(from: number, to: number): number[] {
  const numbers: number[] = [];
  for (let number = from; number >= to; number--) numbers.push(number);
  return numbers;
}
