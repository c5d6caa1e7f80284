import { parsePlatformTag, type PlatformName, splitUniversal2 } from "../../vocab/tags/index.ts";

const names: Readonly<Record<string, PlatformName>> = {
  "manylinux-x86_64": "linux-x86_64",
  "manylinux-aarch64": "linux-aarch64",
  "musllinux-x86_64": "linux-x86_64-musl",
  "musllinux-aarch64": "linux-aarch64-musl",
  "macosx-arm64": "macos-arm64",
  "macosx-x86_64": "macos-x86_64",
  "win-amd64": "windows-x86_64",
  "win-arm64": "windows-arm64",
  "win-x86": "windows-x86",
};

/** Returns Posy's name for the platform of a platform tag; undefined for a platform that Posy does not support. */
export function platformOfTag(tag: string): PlatformName | undefined {
  const platform = parsePlatformTag(tag);
  return platform === undefined ? undefined : names[`${platform.family}-${platform.arch}`];
}

/** Returns the platforms of several tags, in order and without duplicates. A `universal2` tag has two. */
export function platformsOfTags(tags: readonly string[]): readonly PlatformName[] {
  const platforms = tags.flatMap(splitUniversal2).flatMap((tag) => platformOfTag(tag) ?? []);
  return [...new Set(platforms)];
}
