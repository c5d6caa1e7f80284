import type { Artifact, BlueprintTarget, BriefRequirement, PackagePin } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { PackageDB } from "../../packages/index.ts";
import { describeRejections } from "./describe-rejection.ts";
import { requirementText } from "./failure-context.ts";
import { requiresPythonText } from "../metadata-index.ts";
import type { Compatibility } from "../candidates/select-artifact.ts";
import type { CandidatePolicy } from "../candidates/candidate-policy.ts";
import type { Rejection } from "../candidates/rejection.ts";
import { requirementsOf } from "../candidates/requirements-of.ts";
import type { Target } from "../target.ts";
import {
  evaluateMarker,
  type PackageName,
  parseExtraName,
  parseRequirement,
  type Requirement,
} from "../../vocab/requirement/index.ts";
import type { CoreMetadata } from "../../vocab/metadata/index.ts";
import { parseVersion, satisfies, type Version } from "../../vocab/version/index.ts";

/** Why a target can't use a version that exists. Requirements are as written, without their markers. */
export type HeldBack =
  /** A person wrote a requirement, constraint or override that excludes it. `origin` as in `pyproject.toml:12`. */
  | { readonly kind: "written"; readonly requirement: string; readonly origin: string }
  /** Another locked package requires a different version. */
  | {
      readonly kind: "package";
      readonly name: string;
      readonly version: string;
      readonly requirement: string;
    }
  /** It has no file for this Python or platform, or none that the project's rules allow. */
  | { readonly kind: "files"; readonly says: string }
  /** It requires a version of another package that differs from the locked one. */
  | { readonly kind: "needs"; readonly requirement: string; readonly has: string }
  /** It conflicts with the other packages, as `says` explains. */
  | { readonly kind: "conflict"; readonly says: string }
  /** Another target can't use it, and targets have the same version wherever they can. */
  | { readonly kind: "together" }
  | { readonly kind: "other" };

/** The locked packages of a target, and the rules by which they were chosen. */
export interface LockedTarget {
  readonly target: Target;
  readonly policy: CandidatePolicy;
  readonly packages: BlueprintTarget["packages"];
}

/**
 * Returns everything that keeps a target from a version. `compatibility` is that version's. Returns one `other` if no
 * reason is found.
 */
export async function heldBackBy(
  name: PackageName,
  version: Version,
  compatibility: Compatibility,
  lock: LockedTarget,
  db: PackageDB,
): Promise<readonly HeldBack[]> {
  const { policy, target } = lock;
  if (compatibility.kind === "rejected") return [noFile(compatibility.rejection, target)];
  const constraint = policy.constraintAgainst(name, version);
  const written = policy.requirements
    .filter(({ requirement }) => requirement.name === name && !satisfies(requirement.specifier, version))
    .concat(constraint ?? [])
    .map(({ requirement, origin }): HeldBack => {
      return { kind: "written", requirement: requirementText(requirement), origin };
    });
  const reasons = [...written, ...askersAgainst(name, version, lock)];
  if (reasons.length > 0) return reasons;
  const needs = await needsAgainst(name, compatibility.artifact, lock, db);
  return needs.length > 0 ? needs : [{ kind: "other" }];
}

function noFile(rejection: Rejection, target: Target): HeldBack {
  return { kind: "files", says: describeRejections([rejection], target, false) };
}

function askersAgainst(
  name: PackageName,
  version: Version,
  { target, policy, packages }: LockedTarget,
): HeldBack[] {
  if (policy.isOverridden(name)) return [];
  const projectName = ownPackage(policy.requirements);
  return packages
    .filter((pin) => pin.name !== projectName)
    .flatMap((pin) =>
      requirementsIn(pin, target)
        .filter((each) => each.name === name && !satisfies(each.specifier, version))
        .map((each): HeldBack => {
          return {
            kind: "package",
            name: pin.name,
            version: pin.version,
            requirement: requirementText(each),
          };
        }),
    );
}

/** Returns the project's name if it is a package itself. Its requirements are those that `pyproject.toml` lists. */
export function ownPackage(requirements: readonly BriefRequirement[]): PackageName | undefined {
  const projectRequirement = requirements.find(
    ({ requirement, origin }) => requirement.url !== undefined && origin === "pyproject.toml",
  );
  return projectRequirement?.requirement.name;
}

function requirementsIn({ metadata, extras }: PackagePin, target: Target): readonly Requirement[] {
  const extraSet = new Set(extras);
  return metadata.requiresDist
    .map((text) => parseRequirement(text, { lenient: true }))
    .filter(({ marker }) => marker === undefined || evaluateMarker(marker, target.environment, extraSet));
}

async function needsAgainst(
  name: PackageName,
  artifact: Artifact,
  { target, policy, packages }: LockedTarget,
  db: PackageDB,
): Promise<readonly HeldBack[]> {
  const metadata = await metadataOf(artifact, db);
  if (metadata === undefined) return [];
  const { requiresPython } = metadata;
  if (requiresPython !== undefined && !satisfies(requiresPython, target.pythonVersion)) {
    const specifier = requiresPythonText(metadata) ?? "";
    return [noFile({ kind: "requires-python", specifier }, target)];
  }
  const pins = new Map(packages.map((pin) => [pin.name, pin]));
  const extras = pins.get(name)?.extras.map((extra) => parseExtraName(extra)) ?? [];
  return [undefined, ...extras]
    .flatMap((extra) => requirementsOf(metadata, target, extra))
    .flatMap((requirement): readonly HeldBack[] => {
      const pin = pins.get(requirement.name);
      if (pin === undefined || policy.isOverridden(requirement.name)) return [];
      if (satisfies(requirement.specifier, parseVersion(pin.version))) return [];
      return [{ kind: "needs", requirement: requirementText(requirement), has: pin.version }];
    });
}

/**
 * Returns the metadata of an artifact. Undefined if it would have to be built or can't be read: then its requirements
 * are unknown.
 */
async function metadataOf(artifact: Artifact, db: PackageDB): Promise<CoreMetadata | undefined> {
  try {
    if (artifact.kind === "source") return undefined;
    return await (artifact.kind === "wheel" ? db.metadata(artifact) : db.sdistMetadata(artifact));
  } catch (error) {
    if (error instanceof PosyError) return undefined;
    throw error;
  }
}
