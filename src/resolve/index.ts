/**
 * Resolving: from a Brief to a Blueprint.
 *
 * resolve.ts goes through platforms and Pythons and solves each as one target, with the pins of the targets before it
 * as preferences. solve-target.ts runs the solver; resolve-provider.ts answers its questions from a `MetadataIndex`;
 * candidates/ decides which files of a version can be used; prefetch.ts asks for what will be needed soon; explain/
 * puts a failure into words. It needs source distributions only through the interface `Sources` (resolve-context.ts),
 * which builder/ implements. docs/concepts/resolver.md explains all of it.
 */
export { CandidatePolicy, isPin } from "./candidates/candidate-policy.ts";
export { KnownVersions } from "./candidates/known-versions.ts";
export { type Compatibility, selectArtifact } from "./candidates/select-artifact.ts";
export { type HeldBack, heldBackBy, ownPackage } from "./explain/held-back.ts";
export { reportRequestOrigin, requestedPython, withRequestOrigin } from "./explain/request-origin.ts";
export { interpretersToTry } from "./interpreters-to-try.ts";
export type { SourceHints, SourceMetadata, Sources } from "./resolve-context.ts";
export { resolve } from "./resolve.ts";
export { makeTarget, type Target } from "./target.ts";
