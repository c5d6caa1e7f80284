import { existsSync, readFileSync } from "node:fs";
import os from "node:os";
import { PosyError } from "../../errors/posy-error.ts";
import { type PlatformName, platformNames } from "../../vocab/tags/index.ts";
import { detectLibc, type Libc } from "./libc.ts";

/** The properties of this machine that matter to interpreters and wheels. */
export interface Machine {
  readonly platform: PlatformName;
  /**
   * The highest platform tag for each family and architecture that the machine runs, best first:
   * `manylinux_2_36_x86_64`, then `musllinux_1_2_x86_64` if musl is installed, too. `compatiblePlatformTags`
   * lists the lower tags of each.
   */
  readonly platformTags: readonly string[];
  /** The PEP 508 variables that differ between machines of one platform. */
  readonly markers: {
    readonly platform_release: string;
    readonly platform_version: string;
    readonly platform_machine: string;
  };
}

/** The facts that a `Machine` is made from. `hostFacts` reads those of this machine; tests make them up. */
export interface HostFacts {
  /** `process.platform`. */
  readonly system: string;
  /** As the operating system spells it: `x86_64`, `aarch64`, `arm64`, `AMD64`. */
  readonly arch: string;
  readonly release: string;
  readonly version: string;
  readonly libc: Libc;
  /** macOS's own version, `[14, 2]`. */
  readonly macos: readonly [number, number];
  /** An arm64 Mac that can run x86_64 programs. */
  readonly rosetta: boolean;
}

let cachedMachine: Machine | undefined;

/**
 * Returns this machine, examined once. Starts no process and takes less than 1 ms. Throws `unknown-platform`
 * if Posy does not support it.
 */
export async function thisMachine(): Promise<Machine> {
  cachedMachine ??= describeMachine(hostFacts());
  return cachedMachine;
}

export function describeMachine(facts: HostFacts): Machine {
  switch (facts.system) {
    case "linux":
      return linux(facts);
    case "darwin":
      return macos(facts);
    case "win32":
      return windows(facts);
    default:
      throw unknownPlatform(facts);
  }
}

function linux(facts: HostFacts): Machine {
  const { glibc, musl, system } = facts.libc;
  const tags: string[] = [];
  if (glibc) tags.push(`manylinux_${glibc[0]}_${glibc[1]}_${facts.arch}`);
  if (musl) tags.push(`musllinux_${musl[0]}_${musl[1]}_${facts.arch}`);
  // If a host has both, the system's own programs decide, and otherwise glibc comes first (PEP 711's order of platform
  // tags). It does not matter which one this program was compiled for.
  const prefersMusl = musl !== undefined && (glibc === undefined || system === "musl");
  if (prefersMusl) tags.reverse();
  const suffix = prefersMusl ? "-musl" : "";
  return {
    platform: named(`linux-${facts.arch}${suffix}`, facts),
    platformTags: tags,
    markers: plainMarkers(facts),
  };
}

function macos(facts: HostFacts): Machine {
  const level = facts.macos.join("_");
  return {
    platform: named(`macos-${facts.arch}`, facts),
    platformTags: [
      `macosx_${level}_${facts.arch}`,
      ...(facts.arch === "arm64" && facts.rosetta ? [`macosx_${level}_x86_64`] : []),
    ],
    markers: plainMarkers(facts),
  };
}

/**
 * The platform of each Windows and the tags that it runs. Windows 11 on ARM emulates x86_64; Windows 10 only
 * emulates 32 bits.
 */
const windowsKinds: Readonly<Record<string, readonly [PlatformName, ...string[]]>> = {
  AMD64: ["windows-x86_64", "win_amd64", "win32"],
  ARM64: ["windows-arm64", "win_arm64", "win_amd64", "win32"],
  x86: ["windows-x86", "win32"],
};

function windows(facts: HostFacts): Machine {
  const [platform, ...tags] = windowsKinds[facts.arch] ?? [];
  if (platform === undefined) throw unknownPlatform(facts);
  return {
    platform,
    platformTags: facts.arch === "ARM64" && build(facts) < 22000 ? ["win_arm64", "win32"] : tags,
    markers: {
      // The same values as Python's `platform` module: release "10" or "11" (servers "2022Server"), version
      // "10.0.22631".
      platform_release: windowsRelease(facts),
      platform_version: facts.release,
      platform_machine: facts.arch,
    },
  };
}

const build = (facts: HostFacts) => Number(facts.release.split(".")[2] ?? 0);

function windowsRelease(facts: HostFacts): string {
  const server = /Server (\d{4})( R2)?/.exec(facts.version);
  if (server) return `${server[1]}Server${server[2] ? "R2" : ""}`;
  return build(facts) >= 22000 ? "11" : (facts.release.split(".")[0] ?? "");
}

function plainMarkers({ release, version, arch }: HostFacts): Machine["markers"] {
  return { platform_release: release, platform_version: version, platform_machine: arch };
}

function named(name: string, facts: HostFacts): PlatformName {
  const platform = platformNames.find((platformName) => platformName === name);
  if (platform === undefined) throw unknownPlatform(facts);
  return platform;
}

function unknownPlatform({ system, arch }: HostFacts): PosyError {
  return new PosyError(
    "unknown-platform",
    `this machine is \`${system}\` on \`${arch}\`, which Posy does not support`,
    {
      hint: `it supports ${platformNames.join(", ")}`,
    },
  );
}

function hostFacts(): HostFacts {
  const system = process.platform;
  const arch = hostArch();
  return {
    system,
    arch,
    release: os.release(),
    version: os.version(),
    libc: system === "linux" ? detectLibc(arch) : { glibc: undefined, musl: undefined, system: undefined },
    macos: system === "darwin" ? macosVersion() : [0, 0],
    rosetta: system === "darwin" && existsSync("/Library/Apple/usr/libexec/oah/libRosettaRuntime"),
  };
}

/** Returns the processor as Python's `platform.machine()` spells it. */
function hostArch(): string {
  if (process.platform === "win32") {
    // For an emulated program, the first variable has the real architecture.
    const { PROCESSOR_ARCHITEW6432: real, PROCESSOR_ARCHITECTURE: own } = process.env;
    return real || own || "AMD64";
  }
  // Under Rosetta, `os.machine()` returns x86_64, but the name of the processor is still Apple's.
  if (process.platform === "darwin" && os.cpus()[0]?.model.startsWith("Apple")) return "arm64";
  return process.platform === "linux" ? linuxArch(os.machine(), process.arch) : os.machine();
}

/**
 * Returns the processor for which a process on Linux runs programs, as the kernel spells it. `machine` is
 * `os.machine()`, `processArch` is `process.arch`. Bun's `os.machine()` returns `arm64` where the kernel says
 * `aarch64`. A 32-bit process on a 64-bit kernel gets the name of the 32-bit processor, as in `packaging`.
 */
export function linuxArch(machine: string, processArch: string): string {
  const arch = machine === "arm64" ? "aarch64" : machine;
  if (processArch === "ia32" && arch === "x86_64") return "i686";
  if (processArch === "arm" && arch === "aarch64") return "armv8l";
  return arch;
}

function macosVersion(): readonly [number, number] {
  try {
    const plist = readFileSync("/System/Library/CoreServices/SystemVersion.plist", "utf8");
    const match = /<key>ProductVersion<\/key>\s*<string>(\d+)\.(\d+)/.exec(plist);
    if (match) return [Number(match[1]), Number(match[2])];
  } catch {
    // The version is then derived from that of the kernel.
  }
  // Darwin 20 is macOS 11, and so on until 25, which is macOS 26.
  const darwin = Number(os.release().split(".")[0]);
  if (darwin < 20) return [10, darwin - 4];
  return [darwin < 25 ? darwin - 9 : darwin + 1, 0];
}
