/**
 * Posy's names for platforms, in options (`--platform`) and in locks. `linux-*` means glibc; names for musl end in
 * `-musl`.
 */
export const platformNames = [
  "linux-x86_64",
  "linux-aarch64",
  "linux-x86_64-musl",
  "linux-aarch64-musl",
  "macos-arm64",
  "macos-x86_64",
  "windows-x86_64",
  "windows-arm64",
  "windows-x86",
] as const;

export type PlatformName = (typeof platformNames)[number];
