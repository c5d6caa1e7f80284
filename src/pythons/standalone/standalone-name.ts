import type { PlatformName } from "../../vocab/tags/index.ts";

/** The parts of the name of a python-build-standalone archive. */
export interface StandaloneName {
  readonly version: string;
  /** The day on which it was built: `20250612`. */
  readonly date: string;
  /** As written, with the level: `x86_64_v3-unknown-linux-gnu`. */
  readonly triple: string;
  readonly platform: PlatformName;
  readonly platformTag: string;
  /** `v2`, `v3`, `v4`: it needs a newer processor than its platform tag promises. */
  readonly level: string | undefined;
  readonly freeThreaded: boolean;
  readonly debug: boolean;
  /** Statically linked with its C library: it can't load extension modules. Early builds for musl are all static. */
  readonly static: boolean;
  /** The part after the triple: `install_only_stripped`, `freethreaded+pgo+lto-full`. */
  readonly flavor: string;
  /** A full archive has the build folder too; the tree is in `python/install/`. */
  readonly full: boolean;
}

/** By triple without the level. The tags are from its documentation (glibc 2.17, musl 1.2, macOS 11 and 10.15). */
const triples: Readonly<Record<string, readonly [PlatformName, string]>> = {
  "x86_64-unknown-linux-gnu": ["linux-x86_64", "manylinux_2_17_x86_64"],
  "aarch64-unknown-linux-gnu": ["linux-aarch64", "manylinux_2_17_aarch64"],
  "x86_64-unknown-linux-musl": ["linux-x86_64-musl", "musllinux_1_2_x86_64"],
  "aarch64-unknown-linux-musl": ["linux-aarch64-musl", "musllinux_1_2_aarch64"],
  "x86_64-apple-darwin": ["macos-x86_64", "macosx_10_15_x86_64"],
  "aarch64-apple-darwin": ["macos-arm64", "macosx_11_0_arm64"],
  "x86_64-pc-windows-msvc": ["windows-x86_64", "win_amd64"],
  "i686-pc-windows-msvc": ["windows-x86", "win32"],
  "aarch64-pc-windows-msvc": ["windows-arm64", "win_arm64"],
};

/** From this day on builds for musl load extension modules. */
const firstDynamicMusl = "20250311";

const pattern = new RegExp(
  [
    "^cpython-(\\d+\\.\\d+\\.\\d+(?:(?:a|b|rc)\\d+)?)",
    "(?:\\+|%2B)(\\d{8})",
    "-((?:x86_64|aarch64|i686)(?:_v[234])?-(?:unknown-linux-(?:gnu|musl)|apple-darwin|pc-windows-msvc))",
    "-([a-z_+-]+)\\.tar\\.(?:gz|zst)$",
  ].join(""),
);

/** Returns undefined for other names, and for platforms that Posy does not support. */
export function parseStandaloneName(filename: string): StandaloneName | undefined {
  const [, version = "", date = "", triple = "", flavor = ""] = pattern.exec(filename) ?? [];
  const level = /_(v[234])-/.exec(triple)?.[1];
  const platformAndTag = triples[triple.replace(/_v[234]-/, "-")];
  if (platformAndTag === undefined) return undefined;
  const [platform, platformTag] = platformAndTag;
  return {
    version,
    date,
    triple,
    platform,
    platformTag,
    level,
    freeThreaded: flavor.includes("freethreaded"),
    debug: flavor.includes("debug"),
    static: flavor.includes("static") || (platform.endsWith("-musl") && date < firstDynamicMusl),
    flavor,
    full: !flavor.includes("install_only"),
  };
}
