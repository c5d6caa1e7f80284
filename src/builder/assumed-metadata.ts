import { PosyError } from "../errors/posy-error.ts";
import type { Interpreter, SdistArtifact, WheelArtifact } from "../model/index.ts";
import { markerEnvironment, wheelTagsOf } from "../pythons/compatibility/index.ts";
import { type CoreMetadata, hasDynamic, metadataOfEgg, parseMetadata } from "../vocab/metadata/index.ts";
import { eggRequires } from "./sdist/egg-requires.ts";
import type { BuildDispatch } from "./build-dispatch.ts";

/**
 * Metadata that come from another file, and the name of that file. No standard guarantees that a build here gives the
 * same.
 */
export interface AssumedMetadata {
  readonly metadata: CoreMetadata;
  /** `` `foo-1.0-cp310-cp310-win_amd64.whl` `` */
  readonly from: string;
}

/** The number of wheels to try. More than a few broken ones are no accident. */
const maxTriedWheels = 3;

/**
 * Returns the metadata of a source distribution from a wheel of the same release for another Python or platform, as uv
 * does. Undefined if no such wheel can be read.
 */
export async function readMetadataOfWheel(
  source: SdistArtifact,
  python: Interpreter,
  dispatch: BuildDispatch,
): Promise<AssumedMetadata | undefined> {
  const { db } = dispatch.context;
  for (const wheel of (await wheelsOfRelease(source, python, dispatch)).slice(0, maxTriedWheels)) {
    const metadata = await undefinedIfInvalid(() => db.metadata(wheel));
    if (metadata !== undefined && matchesSource(source, metadata))
      return { metadata, from: `\`${wheel.filename}\`` };
  }
  return undefined;
}

/**
 * Returns the metadata of a source distribution that can't be built here from other files: a wheel of the same release,
 * else the source's PKG-INFO, which its backend wrote when it was packed. Undefined if there is neither.
 */
export async function readAssumedMetadata(
  source: SdistArtifact,
  python: Interpreter,
  dispatch: BuildDispatch,
): Promise<AssumedMetadata | undefined> {
  const ofWheel = await readMetadataOfWheel(source, python, dispatch);
  if (ofWheel !== undefined) return ofWheel;
  const metadata = await undefinedIfInvalid(() => packedMetadata(source, dispatch));
  return metadata !== undefined && matchesSource(source, metadata)
    ? { metadata, from: "its `PKG-INFO`" }
    : undefined;
}

/**
 * Returns the wheels of the release, the most similar to the build first: for the same Python, then for the same
 * platform, then for the newest Python.
 */
async function wheelsOfRelease(
  source: SdistArtifact,
  python: Interpreter,
  { context }: BuildDispatch,
): Promise<readonly WheelArtifact[]> {
  const { db } = context;
  const { releases } = await db.project(source.name, db.indexOf(source.name, markerEnvironment(python)));
  const release = releases.find(({ version }) => version.key === source.version.key);
  const wheels = (release?.artifacts ?? []).filter(
    (each): each is WheelArtifact => each.kind === "wheel" && each.index === source.index,
  );
  const pythons = new Set<string>();
  const platforms = new Set<string>();
  for (const tag of wheelTagsOf(python, context.machine)) {
    const [interpreter = "", abi = "", platform = ""] = tag.split("-");
    pythons.add(`${interpreter}-${abi}`);
    platforms.add(platform);
  }
  const distance = ({ wheel: { tags } }: WheelArtifact): readonly number[] => {
    const parts = tags.map((tag) => tag.split("-"));
    const isForPython = parts.some(([interpreter, abi]) => pythons.has(`${interpreter}-${abi}`));
    const isForPlatform = parts.some(([, , platform = ""]) => platforms.has(platform));
    const newest = Math.max(...parts.map(([interpreter = ""]) => minorOf(interpreter)));
    return [isForPython ? 0 : 1, isForPlatform ? 0 : 1, -newest];
  };
  const ranked = wheels.map((wheel) => ({ wheel, distance: distance(wheel) }));
  ranked.sort((a, b) => {
    const index = a.distance.findIndex((each, position) => each !== b.distance[position]);
    if (index >= 0) return (a.distance[index] ?? 0) - (b.distance[index] ?? 0);
    return a.wheel.filename < b.wheel.filename ? -1 : 1;
  });
  return ranked.map(({ wheel }) => wheel);
}

/** `cp310` → 310. A tag without a minor version counts least. */
function minorOf(interpreter: string): number {
  const [, major = "0", minor = "0"] = /^[a-z]+(\d)(\d*)/.exec(interpreter) ?? [];
  return Number(major) * 100 + Number(minor);
}

/**
 * Returns the metadata in PKG-INFO. They are complete if they name requirements or are of metadata 2.2 or newer.
 * Before, setuptools wrote requirements only to its `requires.txt`. If neither has any, nothing is required.
 */
async function packedMetadata(
  source: SdistArtifact,
  { context: { db } }: BuildDispatch,
): Promise<CoreMetadata | undefined> {
  const { pkgInfo } = await db.sdistFiles(source);
  if (pkgInfo === undefined) return undefined;
  const metadata = parseMetadata(pkgInfo);
  if (metadata.requirementTexts.length > 0 || hasDynamic(metadata)) return metadata;
  const requires = await eggRequires((await db.fetch(source)).path, source.filename);
  return requires === undefined ? metadata : parseMetadata(metadataOfEgg(pkgInfo, requires));
}

function matchesSource({ name, version }: SdistArtifact, metadata: CoreMetadata): boolean {
  return metadata.name === name && metadata.version.key === version.key;
}

/**
 * Returns undefined for a file that is malformed, missing or not cached with `--offline`. Other errors, which keep Posy
 * from reading it, are thrown.
 */
async function undefinedIfInvalid<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const isOfFile =
      error instanceof PosyError && (error.code.startsWith("invalid-") || fileCodes.has(error.code));
    if (isOfFile) return undefined;
    throw error;
  }
}

const fileCodes: ReadonlySet<string> = new Set(["not-found", "offline"]);
