import type { IndexedArtifact, Interpreter, PinnedArtifact } from "../model/index.ts";
import { malformedDigest, type PackageDB } from "../packages/index.ts";
import { markerEnvironment, platformDefaults } from "../pythons/compatibility/index.ts";
import { parsePackageName } from "../vocab/requirement/index.ts";
import { compatiblePlatformTags, type TagRanks, wheelTagRanks } from "../vocab/tags/index.ts";
import { parseVersion } from "../vocab/version/index.ts";

/** A file as an index or a pin describes it. */
export type KnownFile = Pick<PinnedArtifact, "filename" | "url" | "hashes" | "size" | "uploadTime">;

/** Lists all files of a version. */
export type FileLister = Pick<PackageDB, "project"> & Partial<Pick<PackageDB, "indexOf">>;

export interface FilesOfRelease {
  readonly wheels: readonly KnownFile[];
  readonly sdist?: KnownFile;
}

/**
 * Returns the files of a version that any of the targets might use, also on newer machines of the same platform:
 * wheels whose tags fit, and the source distribution. Pinned files are always included. A file whose hash the index
 * omits or malforms can't be locked.
 */
export async function filesOfRelease(
  name: string,
  version: string,
  pinned: readonly PinnedArtifact[],
  pythons: readonly Interpreter[],
  db: FileLister,
): Promise<FilesOfRelease> {
  const packageName = parsePackageName(name);
  const { key } = parseVersion(version);
  // Targets that use one file of an index use all files from there.
  const [python] = pythons;
  const configuredIndex = python && db.indexOf?.(packageName, markerEnvironment(python));
  const { releases } = await db.project(packageName, configuredIndex);
  const listed = (releases.find((release) => release.version.key === key)?.artifacts ?? []).filter(
    (artifact): artifact is IndexedArtifact => artifact.kind !== "source",
  );
  const index = pinned[0]?.index;
  const chosen = new Set(pinned.map(({ filename }) => filename));
  const includeYanked = listed.some(({ filename, yanked }) => chosen.has(filename) && yanked !== false);
  const offered = listed.filter(
    (file) => file.index === index && hasGoodHash(file) && (file.yanked === false || includeYanked),
  );
  const tagRanks = [...new Set(pythons.map(newerTagRanks))];
  const kept = new Map<string, KnownFile>();
  let sdist: KnownFile | undefined;
  for (const file of offered) {
    if (file.kind === "wheel") {
      const { tags } = file.wheel;
      if (tagRanks.some((ranks) => ranks.best(tags) < Infinity)) kept.set(file.filename, fileOf(file));
    } else if (sdist === undefined || file.filename.endsWith(".tar.gz")) sdist = fileOf(file);
  }
  for (const artifact of pinned) {
    if (artifact.kind === "wheel") kept.set(artifact.filename, artifact);
    else sdist = artifact;
  }
  const wheels = [...kept.values()].sort((a, b) => (a.filename < b.filename ? -1 : 1));
  return { wheels, ...(sdist && { sdist }) };
}

function fileOf({ filename, url, hashes, size, uploadTime }: IndexedArtifact): KnownFile {
  return {
    filename,
    url,
    hashes,
    ...(size === undefined ? {} : { size }),
    ...(uploadTime === undefined ? {} : { uploadTime: uploadTime.toISOString() }),
  };
}

function hasGoodHash({ hashes }: IndexedArtifact): boolean {
  const isMalformed = Object.values(hashes).includes(malformedDigest);
  return !isMalformed && ["sha256", "sha384", "sha512"].some((algorithm) => hashes[algorithm] !== undefined);
}

/** Higher than any real version: the installing machine may be newer than the one that was resolved for. */
const newestLevels: Readonly<Record<string, string>> = {
  manylinux: "2_50",
  musllinux: "1_50",
  macosx: "50_0",
};

const cachedRanks = new Map<string, TagRanks>();

/** Returns all tags that fit an interpreter, also on newer machines than the one that was resolved for. */
function newerTagRanks({ platform, wheelTags }: Interpreter): TagRanks {
  const key = [platform, ...wheelTags].join(" ");
  let ranks = cachedRanks.get(key);
  if (ranks === undefined) {
    const newest = platformDefaults[platform].platformTag.replace(
      /^([a-z]+)_\d+_\d+_/,
      (_whole, family: string) => `${family}_${newestLevels[family] ?? ""}_`,
    );
    ranks = wheelTagRanks(wheelTags, compatiblePlatformTags(newest));
    cachedRanks.set(key, ranks);
  }
  return ranks;
}
