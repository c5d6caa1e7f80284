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

/** Why a target can't have a version that there is. Requirements are as written, without their markers. */
export type HeldBack =
  /** Somebody wrote it: into a list, the constraints or the overrides. `origin` as in `pyproject.toml:12`. */
  | { readonly kind: "written"; readonly requirement: string; readonly origin: string }
  /** A package that is beside it asks for something else. */
  | {
      readonly kind: "package";
      readonly name: string;
      readonly version: string;
      readonly requirement: string;
    }
  /** It has no file for this Python, this platform, or what else the project wants of files. */
  | { readonly kind: "files"; readonly says: string }
  /** It needs another version of something than what can be had. */
  | { readonly kind: "needs"; readonly requirement: string; readonly has: string }
  /** It does not go with all the rest, and this is why. */
  | { readonly kind: "conflict"; readonly says: string }
  /** Another target can't have it, and targets have the same wherever they can. */
  | { readonly kind: "together" }
  | { readonly kind: "other" };

/** What a target was given, and by which rules. */
export interface Given {
  readonly target: Target;
  readonly policy: CandidatePolicy;
  readonly packages: BlueprintTarget["packages"];
}

/** Everything that stands between a target and a version that its `verdict` is of; one `other` where nothing is found. */
export async function heldBackBy(
  name: PackageName,
  version: Version,
  verdict: Compatibility,
  given: Given,
  db: PackageDB,
): Promise<readonly HeldBack[]> {
  const { policy, target } = given;
  if (verdict.kind === "rejected") return [withoutFile(verdict.rejection, target)];
  const constraint = policy.constraintAgainst(name, version);
  const written = policy.requirements
    .filter(({ requirement }) => requirement.name === name && !satisfies(requirement.specifier, version))
    .concat(constraint ?? [])
    .map(({ requirement, origin }): HeldBack => {
      return { kind: "written", requirement: requirementText(requirement), origin };
    });
  const found = [...written, ...askersAgainst(name, version, given)];
  if (found.length > 0) return found;
  const needs = await needsAgainst(name, verdict.artifact, given, db);
  return needs.length > 0 ? needs : [{ kind: "other" }];
}

function withoutFile(rejection: Rejection, target: Target): HeldBack {
  return { kind: "files", says: describeRejections([rejection], target, false) };
}

function askersAgainst(name: PackageName, version: Version, { target, policy, packages }: Given): HeldBack[] {
  if (policy.isOverridden(name)) return [];
  const own = ownPackage(policy.requirements);
  return packages
    .filter((pin) => pin.name !== own)
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

/** The project where it is a package itself: what it needs is what is written in it. */
export function ownPackage(requirements: readonly BriefRequirement[]): PackageName | undefined {
  const own = requirements.find(
    ({ requirement, origin }) => requirement.url !== undefined && origin === "pyproject.toml",
  );
  return own?.requirement.name;
}

function requirementsIn({ metadata, extras }: PackagePin, target: Target): readonly Requirement[] {
  const asked = new Set(extras);
  return metadata.requiresDist
    .map((text) => parseRequirement(text, { lenient: true }))
    .filter(({ marker }) => marker === undefined || evaluateMarker(marker, target.environment, asked));
}

async function needsAgainst(
  name: PackageName,
  artifact: Artifact,
  { target, policy, packages }: Given,
  db: PackageDB,
): Promise<readonly HeldBack[]> {
  const metadata = await metadataOf(artifact, db);
  if (metadata === undefined) return [];
  const { requiresPython } = metadata;
  if (requiresPython !== undefined && !satisfies(requiresPython, target.pythonVersion)) {
    const specifier = requiresPythonText(metadata) ?? "";
    return [withoutFile({ kind: "requires-python", specifier }, target)];
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

/** Undefined where it would have to be built, or can't be read: then it is not known what it needs. */
async function metadataOf(artifact: Artifact, db: PackageDB): Promise<CoreMetadata | undefined> {
  try {
    if (artifact.kind === "source") return undefined;
    return await (artifact.kind === "wheel" ? db.metadata(artifact) : db.sdistMetadata(artifact));
  } catch (error) {
    if (error instanceof PosyError) return undefined;
    throw error;
  }
}
