import { mkdirSync } from "node:fs";
import { writeTar } from "../../src/system/archives/index.ts";
import { type Descriptor, digestOf, mediaTypes, openLayoutDestination } from "../../src/system/oci/index.ts";

export interface BaseRecipe {
  /** `amd64`, `arm64`. With several, the tag names an index. */
  readonly architectures: readonly string[];
  readonly tag?: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Writes an image layout with a small image: one layer with the file `etc/base`. Returns the digest of its layer. */
export async function makeBaseImage(
  folder: string,
  { architectures, tag = "12", config = {} }: BaseRecipe,
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const layout = await openLayoutDestination(folder);
  const pieces: Uint8Array[] = [];
  const file = {
    kind: "file",
    path: "etc/base",
    mode: 0o644,
    mtime: 0,
    source: { bytes: Buffer.from("x") },
  } as const;
  for await (const piece of writeTar([file])) pieces.push(piece);
  const put = async (bytes: Uint8Array, mediaType: string): Promise<Descriptor> => {
    const blob = { digest: digestOf(bytes), size: bytes.length };
    await layout.putBlob({ ...blob, content: { bytes } });
    return { mediaType, ...blob };
  };
  const layer = await put(Buffer.concat(pieces), "application/vnd.docker.image.rootfs.diff.tar");
  const manifests: Descriptor[] = [];
  for (const architecture of architectures) {
    const text = JSON.stringify({
      architecture,
      os: "linux",
      config: { Env: ["PATH=/usr/bin", "LANG=C"], Cmd: ["bash"], Labels: { of: "base" }, ...config },
      rootfs: { type: "layers", diff_ids: [layer.digest] },
      history: [{ created_by: "base" }],
    });
    const manifest = {
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: await put(Buffer.from(text), mediaTypes.config),
      layers: [layer],
    } as const;
    const written = await layout.putManifest(manifest, architectures.length === 1 ? [tag] : []);
    manifests.push({ ...written, platform: { os: "linux", architecture } });
  }
  if (architectures.length > 1)
    await layout.putManifest({ schemaVersion: 2, mediaType: mediaTypes.index, manifests }, [tag]);
  await layout.close();
  return layer.digest;
}
