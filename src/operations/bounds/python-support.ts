import type { Blueprint, Brief, PackagePin } from "../../model/index.ts";
import type { Posy } from "../../posy.ts";
import { describeInterpreter } from "../../pythons/compatibility/index.ts";
import {
  CandidatePolicy,
  type Compatibility,
  KnownVersions,
  makeTarget,
  selectArtifact,
  type Target,
} from "../../resolve/index.ts";
import { evaluateMarker, type Marker, parsePackageName } from "../../vocab/requirement/index.ts";
import { parseWheelFilename } from "../../vocab/filenames/index.ts";
import { lenientSpecifierSet, parseVersion, satisfies, type Version } from "../../vocab/version/index.ts";

/** The rules by which a project chooses versions, and the indexes that it takes them from. */
export interface SupportContext {
  readonly brief: Brief;
  readonly posy: Pick<Posy, "db" | "machine">;
}

/** Returns a target for each platform of a Brief with a CPython of this version, whether or not there is one. */
export function targetsFor(python: string, { brief, posy }: SupportContext): readonly Target[] {
  const version = parseVersion(python);
  // A requirement is for any machine of the platform.
  const machine = { ...posy.machine, platformTags: [] };
  return brief.platforms.map((platform) => makeTarget(describeInterpreter(version, platform), machine));
}

/** Whether a marker holds on at least one of the targets. */
export function holdsOnAny(marker: Marker | undefined, targets: readonly Target[]): boolean {
  return marker === undefined || targets.some(({ environment }) => evaluateMarker(marker, environment));
}

/** Returns the pins of a package from an index. Empty if any target takes it from a URL or a folder. */
export function indexPins({ targets }: Blueprint, name: string): readonly PackagePin[] {
  const pins = targets.flatMap(({ packages }) => packages.filter((pin) => pin.name === name));
  return pins.some(({ artifact }) => artifact.kind === "source" || artifact.direct) ? [] : pins;
}

/** Whether a pinned file works on a target as it is. With `onlyMetadata`, only `Requires-Python` counts. */
export function pinWorksOn(
  { artifact, metadata: { requiresPython } }: PackagePin,
  { pythonVersion, tagRanks }: Target,
  onlyMetadata = false,
): boolean {
  const specifier = requiresPython === undefined ? undefined : lenientSpecifierSet(requiresPython);
  if (specifier !== undefined && !satisfies(specifier, pythonVersion)) return false;
  if (onlyMetadata || artifact.kind !== "wheel") return true;
  return tagRanks.best(parseWheelFilename(artifact.filename).tags) < Infinity;
}

/**
 * Returns the newest version for which `isWanted` and `isUsable` hold on at least one of the targets. Undefined if
 * there is none. By default a version is usable if it has a file for the target. Asks an index.
 */
export async function newestUsable(
  name: string,
  isWanted: (version: Version) => boolean,
  targets: readonly Target[],
  { brief, posy }: SupportContext,
  isUsable: (compatibility: Compatibility) => boolean = ({ kind }) => kind === "candidate",
): Promise<Version | undefined> {
  const packageName = parsePackageName(name);
  for (const target of targets) {
    const policy = new CandidatePolicy(brief, target.environment, new Map());
    const index = posy.db.indexOf(packageName, target.environment);
    const known = new KnownVersions(packageName, await posy.db.project(packageName, index), []);
    const found = known.versions.find(
      ({ version }, position) =>
        isWanted(version) && isUsable(selectArtifact(known, position, target, policy, true)),
    );
    if (found !== undefined) return found.version;
  }
  return undefined;
}
