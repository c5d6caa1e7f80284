import { PosyError } from "../../errors/posy-error.ts";
import { type PlatformName, platformNames } from "../../vocab/tags/index.ts";

/** A platform as images name it (OCI Image Specification, "Image Index Property Descriptions"). */
export interface ImagePlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

const architectures: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };

/** Returns the platform of images for a platform of Posy. Throws `usage` if there are no images for it. */
export function imagePlatform(platform: PlatformName): ImagePlatform {
  const found = platformOf(platform);
  if (found !== undefined) return found;
  const names = platformNames.filter((name) => platformOf(name) !== undefined);
  throw new PosyError("usage", `there are no container images for ${platform}`, {
    hint: `choose with \`--platform\` among ${names.map((name) => `\`${name}\``).join(", ")}`,
  });
}

function platformOf(platform: PlatformName): ImagePlatform | undefined {
  const [os = "", architecture = ""] = platform.split("-");
  const name = architectures[architecture];
  return os === "linux" && name !== undefined ? { os, architecture: name } : undefined;
}

/** Whether an image for `offered` runs on `wanted`. The 64-bit ARM of images is `v8`, which they need not say. */
export function isForPlatform(offered: ImagePlatform, wanted: ImagePlatform): boolean {
  return (
    offered.os === wanted.os &&
    offered.architecture === wanted.architecture &&
    (offered.variant === undefined || offered.architecture !== "arm64" || offered.variant === "v8")
  );
}

/** Returns `linux/arm64`. */
export function formatImagePlatform({ os, architecture, variant }: ImagePlatform): string {
  return [os, architecture, variant].filter((part) => part !== undefined && part !== "").join("/");
}
