import type { Artifact, WheelArtifact } from "../../model/index.ts";
import { malformedDigest } from "../../packages/index.ts";
import { hasStrongHash } from "../../vocab/hash.ts";
import type { PackageName } from "../../vocab/requirement/index.ts";
import { isPrerelease, lenientSpecifierSet, satisfies } from "../../vocab/version/index.ts";
import { compareBuildTags } from "../../vocab/filenames/index.ts";
import type { KnownVersion, KnownVersions } from "./known-versions.ts";
import type { CandidatePolicy } from "./candidate-policy.ts";
import type { Rejection } from "./rejection.ts";
import type { Target } from "../target.ts";

export type Compatibility =
  | { readonly kind: "candidate"; readonly artifact: Artifact }
  | { readonly kind: "rejected"; readonly rejection: Rejection };

/**
 * Returns the file that is used for a version on the target, or why there is none. The wheel with the best tag wins,
 * then the highest build number. If no wheel fits, sources are used, if the policy and `canBuild` (sources can be
 * built here) allow it.
 */
export function selectArtifact(
  known: KnownVersions,
  index: number,
  target: Target,
  policy: CandidatePolicy,
  canBuild: boolean,
): Compatibility {
  const candidate = known.at(index);
  const { name } = known;
  const { version } = candidate;
  const constraint = policy.constraintAgainst(name, version);
  if (constraint !== undefined) return rejected({ kind: "constraint", constraint });
  const isPreferred = policy.isKept(name, version);
  if (candidate.url === undefined && isPrerelease(version) && policy.prereleases(name) === "never") {
    return rejected({ kind: "prerelease" });
  }
  const { artifacts } = candidate;
  const fitting = fittingFiles(candidate, target, policy, name, canBuild);
  if (fitting.length === 0) {
    const forPython = filesForPython(artifacts, target);
    if (forPython.length === 0) return rejected(pythonRejection(artifacts, target, canBuild));
    if (!policy.allowsWheel(name) && !policy.allowsBuild(name)) return rejected({ kind: "no-file-allowed" });
    const wantsSources = !policy.allowsWheel(name) && forPython.every(({ kind }) => kind === "wheel");
    return rejected(wantsSources ? { kind: "only-wheels" } : tagRejection(forPython, canBuild));
  }
  const allowed =
    isPreferred || policy.pins(name, version) ? fitting : fitting.filter(({ yanked }) => yanked === false);
  const [first] = fitting;
  if (allowed.length === 0) {
    return rejected({ kind: "yanked", reason: first?.yanked === false ? "" : (first?.yanked ?? "") });
  }
  const fits = allowed.map((artifact) => hashFits(name, candidate, artifact, policy));
  // A file that surely has a wanted hash goes before one whose hash is not known yet.
  const trusted = allowed[fits.indexOf(true)] ?? allowed[fits.indexOf(undefined)];
  if (trusted === undefined) {
    return rejected({ kind: "hash", listed: policy.hashes(name) !== undefined });
  }
  return { kind: "candidate", artifact: trusted };
}

function rejected(rejection: Rejection): Compatibility {
  return { kind: "rejected", rejection };
}

/** Returns the files that the target could install, best first. */
function fittingFiles(
  { artifacts, url }: KnownVersion,
  target: Target,
  policy: CandidatePolicy,
  name: PackageName,
  canBuild: boolean,
): readonly Artifact[] {
  const forPython = filesForPython(artifacts, target);
  // A requirement that names a wheel by its URL wants that file, whatever the policy says.
  const wheels = url !== undefined || policy.allowsWheel(name) ? fittingWheels(forPython, target) : [];
  if (!canBuild) return wheels;
  const mayBuild = policy.allowsBuild(name);
  return [...wheels, ...forPython.filter((each) => each.kind !== "wheel" && (mayBuild || isEditable(each)))];
}

/**
 * Whether it is an editable project. `--no-build` is about code of others, so it does not apply to the user's
 * editable projects (as in uv).
 */
function isEditable(artifact: Artifact): boolean {
  if (artifact.kind !== "source") return false;
  const { origin } = artifact;
  return origin.kind === "directory" && origin.editable;
}

function filesForPython(artifacts: readonly Artifact[], target: Target): readonly Artifact[] {
  return artifacts.filter(({ requiresPython }) => allowsPython(requiresPython, target) === true);
}

/** Returns the wheels that fit, best first. */
function fittingWheels(artifacts: readonly Artifact[], target: Target): readonly WheelArtifact[] {
  const ranked: { readonly artifact: WheelArtifact; readonly rank: number }[] = [];
  for (const artifact of artifacts) {
    if (artifact.kind !== "wheel") continue;
    const rank = target.tagRanks.best(artifact.wheel.tags);
    if (rank < Infinity) ranked.push({ artifact, rank });
  }
  ranked.sort((a, b) => a.rank - b.rank || compareBuildTags(b.artifact.wheel.build, a.artifact.wheel.build));
  return ranked.map(({ artifact }) => artifact);
}

const resultsByTarget = new WeakMap<Target, Map<string, boolean | undefined>>();

/**
 * Whether a `Requires-Python` allows the target's Python. Undefined if the text is malformed: then the file is
 * skipped. Cached, since all files of a release have the same text.
 */
function allowsPython(text: string | undefined, target: Target): boolean | undefined {
  if (text === undefined || text === "") return true;
  let results = resultsByTarget.get(target);
  if (results === undefined) resultsByTarget.set(target, (results = new Map()));
  let result = results.get(text);
  if (result === undefined && !results.has(text)) {
    const specifier = lenientSpecifierSet(text);
    result = specifier && satisfies(specifier, target.pythonVersion);
    results.set(text, result);
  }
  return result;
}

function pythonRejection(artifacts: readonly Artifact[], target: Target, canBuild: boolean): Rejection {
  const texts = artifacts.map(({ requiresPython }) => requiresPython ?? "");
  const specifier = texts.find((text) => allowsPython(text, target) === false);
  if (specifier !== undefined) return { kind: "requires-python", specifier };
  const [text] = texts;
  return text === undefined
    ? { kind: "no-wheel", offered: [], sdist: false, canBuild }
    : { kind: "malformed-requires-python", text };
}

function tagRejection(artifacts: readonly Artifact[], canBuild: boolean): Rejection {
  const offered = artifacts.flatMap((artifact) => (artifact.kind === "wheel" ? artifact.wheel.tags : []));
  if (offered.length === 0) return { kind: "only-sdist", canBuild };
  return {
    kind: "no-wheel",
    offered,
    sdist: artifacts.some(({ kind }) => kind !== "wheel"),
    canBuild,
  };
}

/**
 * Whether a file has a wanted hash. As with pip's `--require-hashes`, once the Brief gives one hash, every file must
 * have one of those given for it. Undefined if the index does not give the hash: then it is checked after the
 * download.
 */
function hashFits(
  name: PackageName,
  version: KnownVersion,
  artifact: Artifact,
  policy: CandidatePolicy,
): boolean | undefined {
  if (!policy.hashed) return true;
  const wanted = policy.hashes(name);
  // A direct URL may have its hash in its fragment.
  if (wanted === undefined) return hasStrongHash(version.url ?? "");
  // A malformed digest is reported when the file is fetched.
  const comparable = Object.entries(artifact.hashes).filter(
    ([algorithm, digest]) => wanted.has(algorithm) && digest !== malformedDigest,
  );
  if (comparable.some(([algorithm, digest]) => wanted.get(algorithm)?.has(digest) === true)) return true;
  return comparable.length < wanted.size ? undefined : false;
}
