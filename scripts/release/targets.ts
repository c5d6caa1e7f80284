import type { PlatformName } from "../../src/vocab/tags/index.ts";

/** A platform that Posy is compiled for. */
export interface ReleaseTarget {
  /** Posy's name of the platform. It is part of the file name: `posy-linux-x86_64`. */
  readonly platform: PlatformName;
  /** The npm package with Bun's executable, without the scope: `bun-linux-x64`. */
  readonly runtime: string;
  /** What `bun build --target` calls the platform. */
  readonly bunTarget: string;
}

/** All platforms that Bun exists for, in the order of the release page. */
export const releaseTargets: readonly ReleaseTarget[] = [
  { platform: "linux-x86_64", runtime: "bun-linux-x64", bunTarget: "bun-linux-x64" },
  { platform: "linux-aarch64", runtime: "bun-linux-aarch64", bunTarget: "bun-linux-arm64" },
  { platform: "linux-x86_64-musl", runtime: "bun-linux-x64-musl", bunTarget: "bun-linux-x64-musl" },
  { platform: "linux-aarch64-musl", runtime: "bun-linux-aarch64-musl", bunTarget: "bun-linux-arm64-musl" },
  { platform: "macos-x86_64", runtime: "bun-darwin-x64", bunTarget: "bun-darwin-x64" },
  { platform: "macos-arm64", runtime: "bun-darwin-aarch64", bunTarget: "bun-darwin-arm64" },
  { platform: "windows-x86_64", runtime: "bun-windows-x64", bunTarget: "bun-windows-x64" },
  { platform: "windows-arm64", runtime: "bun-windows-aarch64", bunTarget: "bun-windows-arm64" },
];

/** Returns the name of a compiled file: `posy-windows-x86_64.exe`. */
export function binaryName({ platform }: ReleaseTarget): string {
  return `posy-${platform}${platform.startsWith("windows-") ? ".exe" : ""}`;
}
