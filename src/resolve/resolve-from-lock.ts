import {
  type Blueprint,
  type BlueprintTarget,
  type Brief,
  type IndexedArtifact,
  isPythonAskedFor,
  type PackagePin,
  parsePythonRequest,
} from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import { makeArtifact, type PackageDB, type Release } from "../packages/index.ts";
import type { PosyEvent } from "../report/reporter.ts";
import { type CoreMetadata, type MetadataDigest, metadataOfDigest } from "../vocab/metadata/index.ts";
import { type PackageName, parseExtraName, parsePackageName } from "../vocab/requirement/index.ts";
import { compareVersions } from "../vocab/version/index.ts";
import { resolve } from "./resolve.ts";
import type { ResolveContext, Sources } from "./resolve-context.ts";

/**
 * The answer that an earlier one has for a Brief: its interpreters, its versions and what they said are all that there is of what
 * it has, and no index is asked for it. Packages that it has not are looked for as ever, as long as none of them disagrees with what is kept:
 * then resolving anew would make the same choices. Undefined where that is not enough. Who asks for less than before, or for what is
 * there anyway, gets what he had, and what nobody asks for any more is left out.
 */
export async function resolveFromLock(
  brief: Brief,
  earlier: Blueprint,
  context: ResolveContext,
): Promise<Blueprint | undefined> {
  const pins = earlier.targets.flatMap(({ packages }) => packages);
  // Only their place can tell what repositories and archives of sources have by now.
  const isElsewhere = ({ artifact: { origin } }: PackagePin) =>
    origin !== undefined && origin.kind !== "directory";
  if (pins.some((pin) => pin.metadata.unread === true || isElsewhere(pin))) return undefined;
  const told: PosyEvent[] = [];
  let [isBeyond, isCrossed] = [false, false];
  /** With others at hand than what is kept, something else might have been chosen. */
  const check = () => {
    if (isBeyond && isCrossed) throw new PosyError("unsatisfiable", "the earlier answer is not enough");
  };
  const kept = keptPackages(pins, context.db);
  const db: PackageDB = {
    ...kept.db,
    async project(name, index) {
      if (kept.names.has(name)) return kept.db.project(name, index);
      isBeyond = true;
      check();
      return context.db.project(name, index);
    },
  };
  const world: ResolveContext = {
    ...context,
    reporter: { report: (event) => void told.push(event) },
    preferences: earlier,
    db,
    interpreters: (request, platform) => Promise.resolve(pythonsAmong(earlier.targets, request, platform)),
    ...(context.sources && { sources: keptSources(earlier.targets, context.sources, kept) }),
    onConflict() {
      isCrossed = true;
      check();
    },
  };
  try {
    const answer = await resolve(brief, world);
    // Two wishes may come to one interpreter here because the one that the second would get was never locked.
    const wanted = new Set(brief.platforms).size * (1 + (brief.morePythons?.length ?? 0));
    if (answer.targets.length < wanted) return undefined;
    for (const event of told) if (event.kind === "warning") context.reporter.report(event);
    return answer;
  } catch (error) {
    // Whatever it lacks: the indexes may have it.
    if (error instanceof PosyError) return undefined;
    throw error;
  }
}

function pythonsAmong(targets: readonly BlueprintTarget[], request: string | undefined, platform: string) {
  const wanted = request === undefined ? undefined : parsePythonRequest(request);
  const fitting = targets.filter(
    ({ platform: own, python }) => own === platform && isPythonAskedFor(wanted, python),
  );
  if (fitting.length > 0) return fitting.map(({ python }) => python);
  throw new PosyError("no-interpreter", `no Python of the earlier answer is \`${request ?? ""}\``);
}

interface KeptPackages {
  readonly names: ReadonlySet<string>;
  /** The files that are known, by their URLs. */
  readonly urls: ReadonlyMap<string, PackagePin>;
  /** For what is kept alone; all else is the given one's. */
  readonly db: PackageDB;
}

/** The pins in the way of an index. */
function keptPackages(pins: readonly PackagePin[], db: PackageDB): KeptPackages {
  const listed = new Map<string, IndexedArtifact[]>();
  const urls = new Map<string, PackagePin>();
  const direct = new Map<string, IndexedArtifact>();
  for (const pin of pins) {
    const { artifact } = pin;
    if (artifact.kind === "source" || urls.has(artifact.url)) continue;
    const name = parsePackageName(pin.name);
    const made = artifactOf(pin, name);
    urls.set(artifact.url, pin);
    if (artifact.direct) direct.set(artifact.url, made);
    else listed.set(pin.name, [...(listed.get(pin.name) ?? []), made]);
  }
  const names = new Set(pins.map(({ name }) => name));
  return {
    names,
    urls,
    db: {
      ...db,
      async project(name, index) {
        const files = (listed.get(name) ?? []).filter((file) => index === undefined || file.index === index);
        return { name, found: files.length > 0, releases: releasesOf(files), lookedIn: [], setAside: [] };
      },
      async metadata(artifact) {
        const pin = urls.get(artifact.url);
        return pin ? metadataOf(pin) : db.metadata(artifact);
      },
      async sdistMetadata(artifact) {
        const pin = urls.get(artifact.url);
        return pin ? metadataOf(pin) : db.sdistMetadata(artifact);
      },
      direct: async (url, name) => direct.get(url.replace(/#.*$/s, "")) ?? db.direct(url, name),
      prefetch(name) {
        if (!names.has(name)) db.prefetch(name);
      },
    },
  };
}

function artifactOf({ artifact, metadata }: PackagePin, name: PackageName): IndexedArtifact {
  const { filename, url, hashes, size, uploadTime, index } = artifact;
  const file = {
    filename,
    url,
    hashes,
    yanked: false,
    ...(size === undefined ? {} : { size }),
    ...(uploadTime === undefined ? {} : { uploadTime }),
    ...(metadata.requiresPython === undefined ? {} : { requiresPython: metadata.requiresPython }),
  } as const;
  return makeArtifact(file, name, index);
}

function releasesOf(files: readonly IndexedArtifact[]): readonly Release[] {
  const releases = new Map<string, IndexedArtifact[]>();
  for (const file of files) {
    const { key } = file.version;
    releases.set(key, [...(releases.get(key) ?? []), file]);
  }
  return [...releases.values()]
    .flatMap((artifacts) => (artifacts[0] ? [{ version: artifacts[0].version, artifacts }] : []))
    .sort((a, b) => compareVersions(b.version, a.version));
}

/** The snapshot of a pin, as it was read. */
function metadataOf({ name, version, metadata }: PackagePin): CoreMetadata {
  const { requiresDist, requiresPython, providesExtra } = metadata;
  const digest: MetadataDigest = {
    metadataVersion: "2.4",
    name: parsePackageName(name),
    version,
    ...(requiresPython === undefined ? {} : { requiresPython }),
    requiresDist: requiresDist.map((text) => [text, 0, markerIn(text) ?? 0]),
    providesExtra: providesExtra.map(parseExtraName),
    dynamic: [],
    warnings: [],
  };
  return metadataOfDigest(digest, () => ({ field: () => [], description: () => "" }));
}

/** What stands behind the `;` of a normalised requirement. */
function markerIn(text: string): string | undefined {
  // Of a URL one may be a part.
  const end = text.indexOf(/^[^;]*@/.test(text) ? " ; " : "; ");
  return end < 0 ? undefined : text.slice(text.indexOf(";", end) + 1).trim();
}

/** Folders are looked at as they are now; how source distributions are built was settled. */
function keptSources(
  targets: readonly BlueprintTarget[],
  sources: Sources,
  { urls, db }: KeptPackages,
): Sources {
  return {
    direct: (url, name, python) => sources.direct(url, name, python),
    prefetch: async (source, python) =>
      urls.has(source.url) ? undefined : sources.prefetch?.(source, python),
    async metadata(source, python) {
      if (source.kind === "source" || !urls.has(source.url)) return sources.metadata(source, python);
      const metadata = (await db.sdistMetadata(source)) ?? missing(source.url);
      const assumed = urls.get(source.url)?.metadata.assumed;
      return { kind: "known", metadata, ...(assumed && { assumed: {} }) };
    },
    async build(source, python) {
      if (source.kind === "source" || !urls.has(source.url)) return sources.build(source, python);
      const target = targets.find(
        (each) => each.platform === python.platform && each.python.version === python.version,
      );
      const pin = target?.packages.find(({ artifact }) => artifact.url === source.url);
      return pin?.build ?? missing(source.url);
    },
  };
}

function missing(what: string): never {
  throw new PosyError("not-found", `the earlier answer has no \`${what}\``);
}
