import { stat } from "node:fs/promises";
import { PosyError } from "../errors/posy-error.ts";
import { asPosyError } from "../system/fs/index.ts";
import {
  type BlobSource,
  type Descriptor,
  type Digest,
  digestOf,
  emptyConfig,
  type ImageManifest,
  mediaTypes,
  parseDigest,
  type Registry,
} from "../system/oci/index.ts";
import { parseSha256, type Sha256 } from "../vocab/hash.ts";
import {
  artifactTypes,
  configTypes,
  type EntryConfig,
  formatConfig,
  layerTypes,
  parseConfig,
  platformAnnotation,
  pythonTag,
  resultsTag,
  titleAnnotation,
  wheelTag,
} from "./layout.ts";
import type { BuildKey, BuildResults, FetchedWheel, WheelKey } from "./remote-store.ts";

/** Whether an entry was uploaded, or was there before. */
export type Pushed = "pushed" | "exists";

/** Uploads report the bytes of the file so far, downloads those that arrived. */
export type Progress = (done: number, total: number) => void;

/** Configs and results have some kilobytes. */
const largestText = 16 << 20;

type Kind = keyof typeof artifactTypes;

/** Uploads a built wheel under the tag of its key. An existing entry is never replaced. */
export async function pushWheelTo(
  registry: Registry,
  key: WheelKey,
  { path, filename, sha256 }: FetchedWheel & { readonly path: string },
  progress: Progress = () => {},
): Promise<Pushed> {
  const tag = wheelTag(key);
  if (await registry.hasManifest(tag)) return "exists";
  const file = await fileBlob(path, sha256);
  await registry.uploadBlob(file, { sent: (done) => progress(done, file.size) });
  const config = await uploadBytes(registry, formatConfig(key, { filename, sha256 }), configTypes.wheel);
  await registry.writeManifest(
    manifestOf("wheel", config, layerOf("wheel", file, { [titleAnnotation]: filename })),
    tag,
  );
  return "pushed";
}

/** Uploads what a build backend said. If the registry has a part of it, the new files are added. */
export async function pushResultsTo(
  registry: Registry,
  key: BuildKey,
  results: BuildResults,
): Promise<Pushed> {
  const tag = resultsTag(key);
  const there = (await pullResultsFrom(registry, tag))?.results;
  if (there !== undefined && [...results.keys()].every((name) => there.has(name))) return "exists";
  const joined = [...new Map([...results, ...(there ?? [])])].sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  const bytes = Buffer.from(JSON.stringify(Object.fromEntries(joined)));
  const layer = await uploadBytes(registry, bytes, layerTypes.results);
  const config = await uploadBytes(registry, formatConfig(key), configTypes.results);
  await registry.writeManifest(manifestOf("results", config, layer), tag);
  return "pushed";
}

/** An interpreter's archive that is on this disk. */
export interface InterpreterArchive {
  readonly sha256: Sha256;
  readonly path: string;
  readonly platform: string;
}

/** Uploads the archive of an interpreter under the tag of its hash. */
export async function pushInterpreterTo(
  registry: Registry,
  { sha256, path, platform }: InterpreterArchive,
  progress: Progress = () => {},
): Promise<Pushed> {
  const tag = pythonTag(sha256);
  if (await registry.hasManifest(tag)) return "exists";
  const file = await fileBlob(path, sha256);
  await registry.uploadBlob(file, { sent: (done) => progress(done, file.size) });
  const config = await uploadBytes(registry, emptyConfig.bytes, mediaTypes.empty);
  const manifest = manifestOf("python", config, layerOf("python", file, {}));
  await registry.writeManifest({ ...manifest, annotations: { [platformAnnotation]: platform } }, tag);
  return "pushed";
}

/** Uploads one file under a tag, in place of what was there. */
export async function pushPagesTo(
  registry: Registry,
  tag: string,
  path: string,
  digest: Digest,
  progress: Progress = () => {},
): Promise<void> {
  const file = await fileBlob(path, digest.slice("sha256:".length) as Sha256);
  await registry.uploadBlob(file, { sent: (done) => progress(done, file.size) });
  const config = await uploadBytes(registry, emptyConfig.bytes, mediaTypes.empty);
  await registry.writeManifest(manifestOf("pages", config, layerOf("pages", file, {})), tag);
}

export interface PulledWheel extends FetchedWheel {
  readonly config: EntryConfig;
}

/**
 * Downloads a built wheel into a new file, and returns it with its key; undefined if there is none. `wanted` may refuse
 * it before it is downloaded. Throws `invalid-manifest`, `hash-mismatch`, `size-mismatch`, `not-found`, …
 */
export async function pullWheelFrom(
  registry: Registry,
  tag: string,
  path: string,
  wanted: (config: EntryConfig, filename: string) => boolean | Promise<boolean>,
  progress: Progress = () => {},
): Promise<PulledWheel | undefined> {
  const entry = await readEntry(registry, tag, "wheel");
  if (entry === undefined) return undefined;
  const config = parseConfig(await readText(registry, entry.manifest.config));
  const { filename = "", sha256 = "" } = config;
  if (!/^[\w.+!-]+\.whl$/.test(filename) || entry.layer.digest !== `sha256:${sha256}`) {
    throw invalidEntry(tag, "its config and its file disagree");
  }
  if (!(await wanted(config, filename))) return undefined;
  const { digest, size } = entry.layer;
  await registry.downloadBlob({ digest, size }, path, (done) => progress(done, size));
  return { config, filename, sha256: parseSha256(sha256) };
}

/** Reads what a build backend said; undefined if there is none. */
export async function pullResultsFrom(
  registry: Registry,
  tag: string,
): Promise<{ readonly config: EntryConfig; readonly results: BuildResults } | undefined> {
  const entry = await readEntry(registry, tag, "results");
  if (entry === undefined) return undefined;
  const config = parseConfig(await readText(registry, entry.manifest.config));
  const text = Buffer.from(await readText(registry, entry.layer)).toString("utf8");
  let files: unknown;
  try {
    files = JSON.parse(text);
  } catch {
    throw invalidEntry(tag, "its content is not JSON");
  }
  const results = Object.entries(files ?? {}).filter(
    (file): file is [string, string] => isResultName(file[0]) && typeof file[1] === "string",
  );
  return { config, results: new Map(results) };
}

/** Whether a name is that of a file with results: it becomes a part of a path. */
export function isResultName(name: string): boolean {
  return name === "METADATA" || /^requires-[0-9a-f]{32}\.json$/.test(name);
}

/** Downloads a file by its hash into a new file. Returns false if the registry does not have it. */
export async function pullBySha256(
  registry: Registry,
  sha256: Sha256,
  path: string,
  heard: (done: number) => void = () => {},
): Promise<boolean> {
  try {
    await registry.downloadBlob({ digest: parseDigest(`sha256:${sha256}`) }, path, heard);
    return true;
  } catch (error) {
    if (error instanceof PosyError && error.code === "not-found") return false;
    throw error;
  }
}

interface Entry {
  readonly manifest: ImageManifest;
  readonly layer: Descriptor;
}

/** Reads the manifest of an entry. Throws `invalid-manifest` if it is of another kind. */
export async function readEntry(registry: Registry, tag: string, kind: Kind): Promise<Entry | undefined> {
  const read = await registry.readManifest(tag);
  if (read === undefined) return undefined;
  const { manifest } = read;
  if ("manifests" in manifest || manifest.artifactType !== artifactTypes[kind]) {
    throw invalidEntry(tag, "it is another kind of artifact");
  }
  const [layer] = manifest.layers;
  if (layer?.mediaType !== layerTypes[kind] || manifest.layers.length !== 1) {
    throw invalidEntry(tag, "it has other files than expected");
  }
  return { manifest, layer };
}

function readText(registry: Registry, descriptor: Descriptor): Promise<Uint8Array> {
  if (descriptor.size > largestText) {
    throw new PosyError(
      "size-mismatch",
      `an entry of \`${registry.location}\` has ${descriptor.size} bytes of text`,
      {
        hint: "do not use it: tell those who push to it",
      },
    );
  }
  return registry.readBlob(descriptor);
}

async function uploadBytes(registry: Registry, bytes: Uint8Array, mediaType: string): Promise<Descriptor> {
  const digest = digestOf(bytes);
  await registry.uploadBlob({ digest, size: bytes.length, content: { bytes } });
  return { mediaType, digest, size: bytes.length };
}

async function fileBlob(path: string, sha256: string): Promise<BlobSource> {
  const stats = await stat(path).catch((error: unknown) => {
    throw asPosyError(error, `reading \`${path}\``);
  });
  return { digest: parseDigest(`sha256:${sha256}`), size: stats.size, content: { path } };
}

function layerOf(
  kind: Kind,
  { digest, size }: BlobSource,
  annotations: Readonly<Record<string, string>>,
): Descriptor {
  return {
    mediaType: layerTypes[kind],
    digest,
    size,
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
  };
}

function manifestOf(kind: Kind, config: Descriptor, layer: Descriptor): ImageManifest {
  return {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: artifactTypes[kind],
    config,
    layers: [layer],
  };
}

function invalidEntry(tag: string, reason: string): PosyError {
  return new PosyError("invalid-manifest", `the entry \`${tag}\` can't be used: ${reason}`, {
    hint: "another program wrote it, or another version of Posy",
  });
}
