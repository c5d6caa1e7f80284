/**
 * The plain values that the other folders work on: Brief, Blueprint, artifacts, interpreters and Python requests.
 *
 * A *Brief* says what a person wants. A *Blueprint* is the resolved answer, pinned by hash for every platform. The only
 * reading and writing here is that of a Blueprint's JSON. Start reading at brief.ts and blueprint.ts.
 */
export type { Artifact, IndexedArtifact, SdistArtifact, SourceArtifact, WheelArtifact } from "./artifact.ts";
export { artifactOfPin, buildableOfPin } from "./artifact-of-pin.ts";
export type { Blueprint, BlueprintTarget, PackagePin, PinnedArtifact, PinnedBuild } from "./blueprint.ts";
export {
  type Brief,
  type BriefPython,
  type BriefRequirement,
  type PrereleaseMode,
  prereleaseModes,
  type SourceRequirement,
} from "./brief.ts";
export {
  allowsBuild,
  allowsWheel,
  type BuildPolicy,
  type ConfigSettings,
  defaultBuildPolicy,
  isIsolated,
  joinPolicies,
  type PackageChoice,
  settingsFor,
} from "./build-policy.ts";
export { findTarget } from "./find-target.ts";
export { formatBlueprint } from "./format-blueprint.ts";
export type { Interpreter, InterpreterSource, PybiPaths } from "./interpreter.ts";
export { makeBrief } from "./make-brief.ts";
export { parseBlueprint, parsePin } from "./parse-blueprint.ts";
export { pinsVersion } from "./pins-version.ts";
export {
  isRequestedPython,
  matchesPythonRequest,
  parsePythonRequest,
  type PythonRequest,
} from "./python-request.ts";
export { isSameTarget, sameTargetIn } from "./same-target.ts";
