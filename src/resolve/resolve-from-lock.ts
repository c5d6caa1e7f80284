import {
  artifactOfPin,
  type Blueprint,
  type BlueprintTarget,
  type Brief,
  type IndexedArtifact,
  isRequestedPython,
  type PackagePin,
  parsePythonRequest,
} from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import type { PackageDB, Release } from "../packages/index.ts";
import type { PosyEvent } from "../report/reporter.ts";
import { type CoreMetadata, type MetadataDigest, metadataOfDigest } from "../vocab/metadata/index.ts";
import { parseExtraName, parsePackageName } from "../vocab/requirement/index.ts";
import { compareVersions } from "../vocab/version/index.ts";
import { resolve } from "./resolve.ts";
import type { ResolveContext, Sources } from "./resolve-context.ts";

/**
 * Resolves a Brief from an earlier Blueprint. Its interpreters, versions and metadata are used for the packages that
 * it has, and no index is asked about them. Packages that it lacks are looked up in the indexes, as long as there is
 * no conflict: up to the first conflict, a new resolve would make the same choices.
 *
 * Returns undefined if that is not enough. A Brief that asks for less than before, or for something that is locked
 * anyway, keeps the locked versions. Packages that nothing requires any more are left out.
 */
export async function resolveFromLock(
  brief: Brief,
  earlier: Blueprint,
  context: ResolveContext,
): Promise<Blueprint | undefined> {
  const pins = earlier.targets.flatMap(({ packages }) => packages);
  // Repositories and remote archives may have changed, and only their servers know.
  const isRemoteSource = ({ artifact: { origin } }: PackagePin) =>
    origin !== undefined && origin.kind !== "directory";
  if (pins.some((pin) => pin.metadata.unread === true || isRemoteSource(pin))) return undefined;
  const events: PosyEvent[] = [];
  let [hasLeftLock, hasConflict] = [false, false];
  /** If an index was asked, a full resolve might choose differently at a conflict. */
  const check = () => {
    if (hasLeftLock && hasConflict) throw new PosyError("unsatisfiable", "the earlier answer is not enough");
  };
  const locked = lockedPackages(pins, context.db);
  const db: PackageDB = {
    ...locked.db,
    async project(name, index) {
      if (locked.names.has(name)) return locked.db.project(name, index);
      hasLeftLock = true;
      check();
      return context.db.project(name, index);
    },
  };
  const lockContext: ResolveContext = {
    ...context,
    reporter: { report: (event) => void events.push(event), timings: context.reporter.timings },
    preferences: earlier,
    db,
    interpreters: (request, platform) => Promise.resolve(lockedPythons(earlier.targets, request, platform)),
    ...(context.sources && { sources: lockedSources(earlier.targets, context.sources, locked) }),
    onConflict() {
      hasConflict = true;
      check();
    },
  };
  try {
    const blueprint = await resolve(brief, lockContext);
    // Two requests may lead to one interpreter here because the interpreter for the second was never locked.
    const expectedCount = new Set(brief.platforms).size * (1 + (brief.morePythons?.length ?? 0));
    if (blueprint.targets.length < expectedCount) return undefined;
    for (const event of events) if (event.kind === "warning") context.reporter.report(event);
    return blueprint;
  } catch (error) {
    // The indexes may have what the lock lacks.
    if (error instanceof PosyError) return undefined;
    throw error;
  }
}

function lockedPythons(targets: readonly BlueprintTarget[], request: string | undefined, platform: string) {
  const pythonRequest = request === undefined ? undefined : parsePythonRequest(request);
  const fitting = targets.filter(
    ({ platform: targetPlatform, python }) =>
      targetPlatform === platform && isRequestedPython(pythonRequest, python),
  );
  if (fitting.length > 0) return fitting.map(({ python }) => python);
  throw new PosyError("no-interpreter", `no Python of the earlier answer is \`${request ?? ""}\``);
}

interface LockedPackages {
  readonly names: ReadonlySet<string>;
  /** The pins by the URL of their file. */
  readonly urls: ReadonlyMap<string, PackagePin>;
  /** Answers for the locked packages. Everything else is passed on to the given `PackageDB`. */
  readonly db: PackageDB;
}

/** Serves the pins like a package index. */
function lockedPackages(pins: readonly PackagePin[], db: PackageDB): LockedPackages {
  const listed = new Map<string, IndexedArtifact[]>();
  const urls = new Map<string, PackagePin>();
  const direct = new Map<string, IndexedArtifact>();
  for (const pin of pins) {
    const { artifact } = pin;
    if (urls.has(artifact.url)) continue;
    const indexed = artifactOfPin(pin);
    if (indexed.kind === "source") continue;
    urls.set(artifact.url, pin);
    if (artifact.direct) direct.set(artifact.url, indexed);
    else listed.set(pin.name, [...(listed.get(pin.name) ?? []), indexed]);
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

/** Rebuilds the core metadata of a pin from its snapshot. */
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

/** Returns the marker of a normalised requirement: the text after its `;`. */
function markerIn(text: string): string | undefined {
  // A URL may contain a `;`, so there it must have a space on both sides.
  const end = text.indexOf(/^[^;]*@/.test(text) ? " ; " : "; ");
  return end < 0 ? undefined : text.slice(text.indexOf(";", end) + 1).trim();
}

/** Folders are read as they are now. The builds of locked source distributions are taken from the lock. */
function lockedSources(
  targets: readonly BlueprintTarget[],
  sources: Sources,
  { urls, db }: LockedPackages,
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
