import type { Blueprint, BlueprintTarget, PackagePin } from "../blueprint/blueprint.ts";
import type { Brief } from "../blueprint/brief.ts";
import { PosyError } from "../errors/posy-error.ts";
import { makeArtifact } from "../packages/make-artifact.ts";
import type { IndexedArtifact } from "../packages/artifact.ts";
import type { PackageDB, Release } from "../packages/package-db.ts";
import { isPythonAskedFor, parsePythonRequest } from "../pythons/request.ts";
import { silentReporter } from "../report/reporter.ts";
import { formatHeaders } from "../vocab/headers.ts";
import { type CoreMetadata, parseMetadata } from "../vocab/metadata.ts";
import { type PackageName, parsePackageName } from "../vocab/name.ts";
import { compareVersions } from "../vocab/version.ts";
import { resolve } from "./resolve.ts";
import type { ResolveContext, Sources } from "./resolve-context.ts";

/**
 * The answer that an earlier one has for a Brief by itself: its interpreters, its versions and what they said are all that there
 * is, and no index is asked. Undefined where that is not enough. Who asks for less than before, or for what is there anyway, gets
 * what he had, and what nobody asks for any more is left out.
 */
export async function keptAnswer(
  brief: Brief,
  earlier: Blueprint,
  context: ResolveContext,
): Promise<Blueprint | undefined> {
  const pins = earlier.targets.flatMap(({ packages }) => packages);
  // Only their place can tell what repositories and archives of sources have by now.
  const isElsewhere = ({ artifact: { origin } }: PackagePin) =>
    origin !== undefined && origin.kind !== "directory";
  if (pins.some((pin) => pin.metadata.unread === true || isElsewhere(pin))) return undefined;
  const db = indexOfPins(pins, context.db);
  const world: ResolveContext = {
    ...context,
    reporter: silentReporter,
    preferences: earlier,
    db,
    interpreters: (request, platform) => Promise.resolve(pythonsAmong(earlier.targets, request, platform)),
    ...(context.sources && { sources: sourcesAmong(earlier.targets, context.sources, db) }),
  };
  try {
    const answer = await resolve(brief, world);
    // Two wishes may come to one interpreter here because the one that the second would get was never locked.
    const wanted = new Set(brief.platforms).size * (1 + (brief.morePythons?.length ?? 0));
    return answer.targets.length < wanted ? undefined : answer;
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

/** The pins in the way of an index. */
function indexOfPins(pins: readonly PackagePin[], db: PackageDB): PackageDB {
  const listed = new Map<string, IndexedArtifact[]>();
  const byUrl = new Map<string, PackagePin>();
  const direct = new Map<string, IndexedArtifact>();
  for (const pin of pins) {
    const { artifact } = pin;
    if (artifact.kind === "source" || byUrl.has(artifact.url)) continue;
    const name = parsePackageName(pin.name);
    const made = artifactOf(pin, name);
    byUrl.set(artifact.url, pin);
    if (artifact.direct) direct.set(artifact.url, made);
    else listed.set(pin.name, [...(listed.get(pin.name) ?? []), made]);
  }
  const said = async ({ url }: { readonly url: string }): Promise<CoreMetadata> =>
    metadataOf(byUrl.get(url) ?? missing(url));
  return {
    ...db,
    async project(name, index) {
      const files = (listed.get(name) ?? []).filter((file) => index === undefined || file.index === index);
      return {
        name,
        found: files.length > 0,
        releases: releasesOf(files),
        lookedIn: [],
        setAside: [],
      };
    },
    metadata: said,
    sdistMetadata: said,
    direct: async (url) => direct.get(url.replace(/#.*$/s, "")) ?? missing(url),
    fetch: (artifact) => missing(artifact.url),
    prefetch() {},
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
  return parseMetadata(
    formatHeaders([
      ["Metadata-Version", "2.4"],
      ["Name", name],
      ["Version", version],
      ...(requiresPython === undefined ? [] : [["Requires-Python", requiresPython] as const]),
      ...requiresDist.map((text) => ["Requires-Dist", text] as const),
      ...providesExtra.map((extra) => ["Provides-Extra", extra] as const),
    ]),
  );
}

/** Folders are looked at as they are now; how source distributions are built was settled. */
function sourcesAmong(
  targets: readonly BlueprintTarget[],
  sources: Sources,
  db: Pick<PackageDB, "sdistMetadata">,
): Sources {
  return {
    direct: async (url, name, python) =>
      url.startsWith("file:") ? sources.direct(url, name, python) : undefined,
    metadata: async (source, python) =>
      source.kind === "source"
        ? sources.metadata(source, python)
        : ((await db.sdistMetadata(source)) ?? missing(source.url)),
    async build(source, python) {
      if (source.kind === "source") return sources.build(source, python);
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
