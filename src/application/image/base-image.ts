import { PosyError } from "../../errors/posy-error.ts";
import {
  type Descriptor,
  type Digest,
  type ImageManifest,
  type ImageSource,
  parseDigest,
} from "../../system/oci/index.ts";
import { formatList, quote } from "../../text/index.ts";
import type { ImageConfig } from "./config.ts";
import { formatImagePlatform, type ImagePlatform, isForPlatform } from "./platform.ts";

/** The image below an application. */
export interface BaseImage {
  /** As it was typed. */
  readonly name: string;
  /** The digest of its manifest. */
  readonly digest: Digest | undefined;
  readonly config: ImageConfig;
  readonly layers: readonly Descriptor[];
  readonly source: ImageSource | undefined;
}

/** The base without any file. */
export const scratch: BaseImage = {
  name: "scratch",
  digest: undefined,
  config: {},
  layers: [],
  source: undefined,
};

/**
 * Reads the image of a base for a platform. Throws `not-found` if there is none of that name, `unsupported-platform` if
 * it is for other platforms only, and `invalid-manifest` for what is no image.
 */
export async function readBaseImage(
  source: ImageSource,
  reference: string | undefined,
  name: string,
  platform: ImagePlatform,
): Promise<BaseImage> {
  const read = await source.readManifest(reference);
  if (read === undefined) throw missing(name, source);
  let { digest, manifest } = read;
  if ("manifests" in manifest) {
    const offered = manifest.manifests.filter((each) => platformOf(each) !== undefined);
    const found = offered.find((each) => isForPlatform(platformOf(each) as ImagePlatform, platform));
    if (found === undefined) {
      throw wrongPlatform(
        name,
        platform,
        offered.flatMap((each) => platformOf(each) ?? []),
      );
    }
    const inner = await source.readManifest(found.digest);
    if (inner === undefined) throw missing(`${name}@${found.digest}`, source);
    ({ digest, manifest } = inner);
    if ("manifests" in manifest) throw invalid(name, "has an index in an index");
  }
  const config = parseConfig(await source.readBlob(manifest.config), name);
  const { os = "linux", architecture = "", variant } = config;
  if (!isForPlatform({ os, architecture, variant }, platform)) {
    throw wrongPlatform(name, platform, [{ os, architecture, variant }]);
  }
  checkLayers(manifest, config, name);
  return { name, digest, config, layers: manifest.layers, source };
}

function platformOf({ platform }: Descriptor): ImagePlatform | undefined {
  if (platform === undefined) return undefined;
  const { os, architecture, variant } = platform;
  // Attestations have the platform `unknown/unknown`.
  if (typeof os !== "string" || typeof architecture !== "string" || os === "unknown") return undefined;
  return { os, architecture, variant: typeof variant === "string" ? variant : undefined };
}

function parseConfig(bytes: Uint8Array, name: string): ImageConfig {
  try {
    const config = JSON.parse(Buffer.from(bytes).toString("utf8")) as ImageConfig | null;
    if (typeof config === "object" && config !== null && !Array.isArray(config)) return config;
  } catch {
    // It is no JSON.
  }
  throw invalid(name, "has a config that is not a JSON object");
}

function checkLayers({ layers }: ImageManifest, { rootfs }: ImageConfig, name: string): void {
  const digests: unknown = rootfs?.diff_ids;
  if (!Array.isArray(digests) || digests.length !== layers.length) {
    throw invalid(name, "has a config that does not list its layers");
  }
  for (const digest of digests as unknown[]) parseDigest(String(digest));
}

function missing(name: string, { location }: ImageSource): PosyError {
  return new PosyError("not-found", `there is no image ${quote(name)} in \`${location}\``, {
    hint: "check the name and the tag of `--base`",
  });
}

function invalid(name: string, reason: string): PosyError {
  return new PosyError("invalid-manifest", `the base ${quote(name)} ${reason}`, {
    hint: "name an image with `--base`, and not another artifact",
  });
}

function wrongPlatform(name: string, wanted: ImagePlatform, offered: readonly ImagePlatform[]): PosyError {
  const names = [...new Set(offered.map(formatImagePlatform))];
  return new PosyError(
    "usage",
    `the base ${quote(name)} is not for ${formatImagePlatform(wanted)}, but for ${formatList(names) || "no platform"}`,
    { hint: "name another base with `--base`, or another `--platform`" },
  );
}
