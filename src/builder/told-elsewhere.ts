import { PosyError } from "../errors/posy-error.ts";
import type { Interpreter, SdistArtifact, WheelArtifact } from "../model/index.ts";
import { markerEnvironment, wheelTagsOf } from "../pythons/compatibility/index.ts";
import { type CoreMetadata, hasDynamic, metadataOfEgg, parseMetadata } from "../vocab/metadata/index.ts";
import { eggRequires } from "./sdist/egg-requires.ts";
import type { BuildDispatch } from "./build-dispatch.ts";

/** Metadata that no standard binds to what would be built here, and what they are taken from. */
export interface Told {
  readonly metadata: CoreMetadata;
  /** `` `foo-1.0-cp310-cp310-win_amd64.whl` `` */
  readonly from: string;
}

/** More than a few broken wheels are no accident. */
const mostTried = 3;

/**
 * What a source distribution that can't be built here needs, as other files tell it: a wheel of the same release for another Python or
 * platform, else the source's own PKG-INFO, which is what its backend said when it was packed. Undefined where nothing tells.
 */
export async function toldElsewhere(
  source: SdistArtifact,
  python: Interpreter,
  dispatch: BuildDispatch,
): Promise<Told | undefined> {
  const { db } = dispatch.context;
  for (const wheel of (await wheelsBeside(source, python, dispatch)).slice(0, mostTried)) {
    const metadata = await unlessBroken(() => db.metadata(wheel));
    if (metadata !== undefined && isOf(source, metadata)) return { metadata, from: `\`${wheel.filename}\`` };
  }
  const metadata = await unlessBroken(() => packedMetadata(source, dispatch));
  return metadata !== undefined && isOf(source, metadata) ? { metadata, from: "its `PKG-INFO`" } : undefined;
}

/** Those that are most like what would be built come first: for the same Python, then for the same platform, then the newest Python. */
async function wheelsBeside(
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
    const at = a.distance.findIndex((each, place) => each !== b.distance[place]);
    if (at >= 0) return (a.distance[at] ?? 0) - (b.distance[at] ?? 0);
    return a.wheel.filename < b.wheel.filename ? -1 : 1;
  });
  return ranked.map(({ wheel }) => wheel);
}

/** `cp310` → 310; what names no minor version counts least. */
function minorOf(interpreter: string): number {
  const [, major = "0", minor = "0"] = /^[a-z]+(\d)(\d*)/.exec(interpreter) ?? [];
  return Number(major) * 100 + Number(minor);
}

/**
 * PKG-INFO says all that its backend knew where it names requirements, or is of metadata 2.2 or newer. setuptools wrote them to its
 * `requires.txt` alone before. Where neither says anything, nothing is required.
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

function isOf({ name, version }: SdistArtifact, metadata: CoreMetadata): boolean {
  return metadata.name === name && metadata.version.key === version.key;
}

/** What a file says wrongly is no answer; what keeps Posy from reading it is an error. */
async function unlessBroken<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof PosyError && (error.code.startsWith("invalid-") || error.code === "not-found"))
      return undefined;
    throw error;
  }
}
