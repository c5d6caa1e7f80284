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
 * Whether a version is a candidate for the target, and by which of its files (pitfalls 2 and 3): the file with the best
 * tag, then the highest build number. Where the policy and `able` (sources can be built here) allow it, sources stand in
 * where no wheel fits.
 */
export function selectArtifact(
  known: KnownVersions,
  index: number,
  target: Target,
  policy: CandidatePolicy,
  able: boolean,
): Compatibility {
  const candidate = known.at(index);
  const { name } = known;
  const { version } = candidate;
  const constraint = policy.constraintAgainst(name, version);
  if (constraint !== undefined) return rejected({ kind: "constraint", constraint });
  const kept = policy.isKept(name, version);
  if (candidate.url === undefined && isPrerelease(version) && policy.prereleases(name) === "never") {
    return rejected({ kind: "prerelease" });
  }
  const { artifacts } = candidate;
  const fitting = fittingFiles(candidate, target, policy, name, able);
  if (fitting.length === 0) {
    const forPython = filesForPython(artifacts, target);
    if (forPython.length === 0) return rejected(pythonRejection(artifacts, target, able));
    if (!policy.allowsWheel(name) && !policy.allowsBuild(name)) return rejected({ kind: "no-file-allowed" });
    const wantsSources = !policy.allowsWheel(name) && forPython.every(({ kind }) => kind === "wheel");
    return rejected(wantsSources ? { kind: "only-wheels" } : tagRejection(forPython, able));
  }
  const offered =
    kept || policy.pins(name, version) ? fitting : fitting.filter(({ yanked }) => yanked === false);
  const [first] = fitting;
  if (offered.length === 0) {
    return rejected({ kind: "yanked", reason: first?.yanked === false ? "" : (first?.yanked ?? "") });
  }
  const fits = offered.map((artifact) => hashFits(name, candidate, artifact, policy));
  // One that surely has a hash that was given goes before one that is yet to be looked at.
  const trusted = offered[fits.indexOf(true)] ?? offered[fits.indexOf(undefined)];
  if (trusted === undefined) {
    return rejected({ kind: "hash", listed: policy.hashes(name) !== undefined });
  }
  return { kind: "candidate", artifact: trusted };
}

function rejected(rejection: Rejection): Compatibility {
  return { kind: "rejected", rejection };
}

/** What the target could install, the best first. */
function fittingFiles(
  { artifacts, url }: KnownVersion,
  target: Target,
  policy: CandidatePolicy,
  name: PackageName,
  able: boolean,
): readonly Artifact[] {
  const forPython = filesForPython(artifacts, target);
  // Who names a wheel by its URL means that file.
  const wheels = url !== undefined || policy.allowsWheel(name) ? fittingWheels(forPython, target) : [];
  if (!able) return wheels;
  const mayBuild = policy.allowsBuild(name);
  return [...wheels, ...forPython.filter((each) => each.kind !== "wheel" && (mayBuild || isEditable(each)))];
}

/** A project that is used as it is in its folder is its user's own: `--no-build` is about what others made, as uv has it. */
function isEditable(artifact: Artifact): boolean {
  if (artifact.kind !== "source") return false;
  const { origin } = artifact;
  return origin.kind === "directory" && origin.editable;
}

function filesForPython(artifacts: readonly Artifact[], target: Target): readonly Artifact[] {
  return artifacts.filter(({ requiresPython }) => allowsPython(requiresPython, target) === true);
}

/** Wheels that fit, the best first. */
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

const answers = new WeakMap<Target, Map<string, boolean | undefined>>();

/** Undefined where the text is malformed: then the file is left out (pitfall 4). All files of a release say the same. */
function allowsPython(text: string | undefined, target: Target): boolean | undefined {
  if (text === undefined || text === "") return true;
  let known = answers.get(target);
  if (known === undefined) answers.set(target, (known = new Map()));
  let answer = known.get(text);
  if (answer === undefined && !known.has(text)) {
    const specifier = lenientSpecifierSet(text);
    answer = specifier && satisfies(specifier, target.pythonVersion);
    known.set(text, answer);
  }
  return answer;
}

function pythonRejection(artifacts: readonly Artifact[], target: Target, able: boolean): Rejection {
  const texts = artifacts.map(({ requiresPython }) => requiresPython ?? "");
  const specifier = texts.find((text) => allowsPython(text, target) === false);
  if (specifier !== undefined) return { kind: "requires-python", specifier };
  const [text] = texts;
  return text === undefined
    ? { kind: "no-wheel", offered: [], sdist: false, able }
    : { kind: "malformed-requires-python", text };
}

function tagRejection(artifacts: readonly Artifact[], able: boolean): Rejection {
  const offered = artifacts.flatMap((artifact) => (artifact.kind === "wheel" ? artifact.wheel.tags : []));
  if (offered.length === 0) return { kind: "only-sdist", able };
  return { kind: "no-wheel", offered, sdist: artifacts.some(({ kind }) => kind !== "wheel"), able };
}

/**
 * As pip's `--require-hashes`: once the Brief gives a hash, every file must have one of those given for it. Undefined where the index does
 * not tell: then it is checked once the file is here.
 */
function hashFits(
  name: PackageName,
  version: KnownVersion,
  artifact: Artifact,
  policy: CandidatePolicy,
): boolean | undefined {
  if (!policy.hashed) return true;
  const wanted = policy.hashes(name);
  // A direct URL may carry its hash in its fragment.
  if (wanted === undefined) return hasStrongHash(version.url ?? "");
  // A malformed one is told when the file is wanted.
  const known = Object.entries(artifact.hashes).filter(
    ([algorithm, digest]) => wanted.has(algorithm) && digest !== malformedDigest,
  );
  if (known.some(([algorithm, digest]) => wanted.get(algorithm)?.has(digest) === true)) return true;
  return known.length < wanted.size ? undefined : false;
}
