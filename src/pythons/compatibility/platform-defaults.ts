import type { PlatformName } from "../../vocab/tags/index.ts";

/** The marker values and the platform tag that follow from a platform's name. */
export interface PlatformDefaults {
  readonly os_name: "posix" | "nt";
  readonly sys_platform: "linux" | "darwin" | "win32";
  readonly platform_system: "Linux" | "Darwin" | "Windows";
  /** As the operating system spells it. */
  readonly platform_machine: string;
  /**
   * The assumed platform tag of a machine that is not this one. It is uv's default for `--python-platform` (0.13), so
   * that locks of both tools pick the same files. RHEL 8, Debian 10 and Ubuntu 18.10 have glibc 2.28, so every
   * distribution that still gets updates has it. The same is true for macOS 13.
   */
  readonly platformTag: string;
}

const linux = { os_name: "posix", sys_platform: "linux", platform_system: "Linux" } as const;
const macos = { os_name: "posix", sys_platform: "darwin", platform_system: "Darwin" } as const;
const windows = { os_name: "nt", sys_platform: "win32", platform_system: "Windows" } as const;

export const platformDefaults: Readonly<Record<PlatformName, PlatformDefaults>> = {
  "linux-x86_64": { ...linux, platform_machine: "x86_64", platformTag: "manylinux_2_28_x86_64" },
  "linux-aarch64": { ...linux, platform_machine: "aarch64", platformTag: "manylinux_2_28_aarch64" },
  "linux-x86_64-musl": { ...linux, platform_machine: "x86_64", platformTag: "musllinux_1_2_x86_64" },
  "linux-aarch64-musl": { ...linux, platform_machine: "aarch64", platformTag: "musllinux_1_2_aarch64" },
  "macos-arm64": { ...macos, platform_machine: "arm64", platformTag: "macosx_13_0_arm64" },
  "macos-x86_64": { ...macos, platform_machine: "x86_64", platformTag: "macosx_13_0_x86_64" },
  "windows-x86_64": { ...windows, platform_machine: "AMD64", platformTag: "win_amd64" },
  "windows-arm64": { ...windows, platform_machine: "ARM64", platformTag: "win_arm64" },
  "windows-x86": { ...windows, platform_machine: "x86", platformTag: "win32" },
};
