import { PosyError } from "../../errors/posy-error.ts";
import { type Digest, digestOf, parseDigest } from "./digest.ts";

/** OCI Image Specification 1.1, "Media Types", and those of docker that registries still answer with. */
export const mediaTypes = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerIndex: "application/vnd.docker.distribution.manifest.list.v2+json",
  empty: "application/vnd.oci.empty.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
} as const;

/** A reference to content (OCI Image Specification, "Content Descriptors"). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: Readonly<Record<string, unknown>>;
}

/** An image manifest, also of an artifact that is no image. */
export interface ImageManifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A list of manifests, usually one for each platform. */
export interface ImageIndex {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The config of an artifact that has none (OCI Image Specification, "Guidance for an Empty Descriptor"). */
export const emptyConfig = {
  bytes: Buffer.from("{}"),
  descriptor: { mediaType: mediaTypes.empty, digest: digestOf("{}"), size: 2 } satisfies Descriptor,
};

/** Returns the bytes of a manifest. Equal manifests have equal bytes. */
export function formatManifest(manifest: ImageManifest | ImageIndex): Uint8Array {
  return Buffer.from(JSON.stringify(manifest));
}

/** Parses a manifest or an index of a registry and checks its shape. Throws `invalid-manifest`. */
export function parseManifest(bytes: Uint8Array, what: string): ImageManifest | ImageIndex {
  const refuse = (reason: string): never => {
    throw new PosyError("invalid-manifest", `${what} ${reason}`, {
      hint: "the registry or the tool that wrote it is at fault: push it again",
    });
  };
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8")) as Record<string, unknown>;
  } catch {
    return refuse("is not JSON");
  }
  if (typeof value !== "object" || value === null || value["schemaVersion"] !== 2) {
    return refuse("is not a manifest of schema version 2");
  }
  const descriptors = (key: string): readonly Descriptor[] => {
    const list = value[key];
    if (!Array.isArray(list)) return refuse(`has no \`${key}\``);
    return (list as unknown[]).map(
      (item) => descriptorOf(item) ?? refuse(`has a wrong descriptor in \`${key}\``),
    );
  };
  const optional = {
    ...textOf(value, "mediaType"),
    ...textOf(value, "artifactType"),
    ...(value["subject"] === undefined
      ? {}
      : { subject: descriptorOf(value["subject"]) ?? refuse("has a wrong `subject`") }),
    ...annotationsOf(value),
  };
  if (value["manifests"] !== undefined) {
    return { schemaVersion: 2, ...optional, manifests: descriptors("manifests") };
  }
  const config = descriptorOf(value["config"]) ?? refuse("has no `config`");
  return { schemaVersion: 2, ...optional, config, layers: descriptors("layers") };
}

/** Returns a checked descriptor, or undefined if the value is none. */
function descriptorOf(value: unknown): Descriptor | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const table = value as Record<string, unknown>;
  const { mediaType, digest, size, platform } = table;
  if (typeof mediaType !== "string" || typeof digest !== "string") return undefined;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) return undefined;
  try {
    return {
      mediaType,
      digest: parseDigest(digest),
      size,
      ...textOf(table, "artifactType"),
      ...annotationsOf(table),
      ...(typeof platform === "object" && platform !== null
        ? { platform: platform as Record<string, unknown> }
        : {}),
    };
  } catch {
    return undefined;
  }
}

function textOf<Key extends string>(
  table: Record<string, unknown>,
  key: Key,
): { readonly [K in Key]?: string } {
  const value = table[key];
  return (typeof value === "string" ? { [key]: value } : {}) as { readonly [K in Key]?: string };
}

function annotationsOf(table: Record<string, unknown>): { annotations?: Readonly<Record<string, string>> } {
  const value = table["annotations"];
  if (typeof value !== "object" || value === null) return {};
  const entries = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return { annotations: Object.fromEntries(entries) };
}
