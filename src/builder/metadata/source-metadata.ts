import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Interpreter, PackagePin, SourceArtifact } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { SourceMetadata } from "../../resolve/index.ts";
import { type CoreMetadata, parseMetadata } from "../../vocab/metadata/index.ts";
import type { BuildOutcome } from "../backend/run-backend.ts";
import { buildEntry } from "../store/build-store.ts";
import { type Buildable, identityOf, isRequested, isEditable } from "../buildable.ts";
import { type BuildRequest, nestedRequest, labelOf } from "../build-request.ts";
import { failedBuild, inOneLine, isTransient } from "../diagnose/failed-build.ts";
import { storeBuiltWheel } from "../store/store-built-wheel.ts";
import { unlessKnownToFail } from "../store/known-failures.ts";
import { buildOf, requirementPolicy } from "../pin-build.ts";
import { runBuild } from "../run-build.ts";
import { staticMetadata } from "../sdist/read-static-metadata.ts";
import { hostInterpreterFor } from "../host-interpreter.ts";
import { sharedEnvironment } from "../requirements/shared-environment.ts";
import { readAssumedMetadata, readMetadataOfWheel } from "../assumed-metadata.ts";
import { wheelMetadata } from "./wheel-metadata.ts";
import type { BuildDispatch } from "../build-dispatch.ts";

/**
 * Returns the core metadata of a source in the cheapest way: static metadata (PEP 643, 621), cached metadata of an
 * earlier build, metadata of a wheel of the release for another Python or platform, metadata that its backend prepares,
 * then a built wheel. If the backend fails, its PKG-INFO is assumed. If a person asks for this very source, no other
 * file counts.
 */
export async function sourceMetadata(
  source: Buildable,
  python: Interpreter,
  request: BuildRequest,
  dispatch: BuildDispatch,
): Promise<SourceMetadata> {
  const requested = isRequested(source, request);
  try {
    const staticResult =
      source.kind === "sdist"
        ? await dispatch.context.db.sdistMetadata(source)
        : await staticMetadataOf(source, dispatch);
    if (staticResult !== undefined) return { kind: "known", metadata: staticResult };
    if (!requested && source.kind === "sdist") {
      const stored = await storedMetadata(source, python, request, dispatch);
      if (stored !== undefined) return { kind: "known", metadata: stored };
      // Running the backend may take minutes: pandas 1.2.5 compiles its Cython sources before it answers.
      const ofWheel = await readMetadataOfWheel(source, python, dispatch);
      if (ofWheel !== undefined) return { kind: "known", metadata: ofWheel.metadata, assumed: {} };
      // A package whose one version can't be built usually can't be built in the next one either, and each attempt
      // takes time.
      const earlier = dispatch.failures.first.get(source.name)?.get(python.version);
      const assumed = earlier && (await assumedMetadata(source, python, earlier, dispatch));
      if (assumed !== undefined) return assumed;
    }
    return {
      kind: "known",
      metadata: await builtMetadata(source, labelOf(source), python, request, dispatch),
    };
  } catch (error) {
    const failure = failedBuild(error, request);
    if (failure === undefined || requested) throw error;
    const assumed = await assumedMetadata(source, python, failure, dispatch);
    if (assumed === undefined && isTransient(failure)) throw error;
    const { first } = dispatch.failures;
    const known = first.get(source.name) ?? new Map<string, PosyError>();
    if (!known.has(python.version)) first.set(source.name, known.set(python.version, failure));
    return assumed ?? { kind: "unbuildable", failure };
  }
}

/**
 * Returns the metadata of a local or fetched source that need no build backend. The version may be the one that the
 * backend gave when the source was found. Undefined if the backend decides more than the version.
 */
export async function staticMetadataOf(
  source: SourceArtifact,
  { trees, context }: BuildDispatch,
): Promise<CoreMetadata | undefined> {
  const root = await trees.forReading(source);
  return staticMetadata(root, "tree", context.unwritten, source.version);
}

async function assumedMetadata(
  source: Buildable,
  python: Interpreter,
  failure: PosyError,
  dispatch: BuildDispatch,
): Promise<SourceMetadata | undefined> {
  if (source.kind !== "sdist") return undefined;
  const assumed = await readAssumedMetadata(source, python, dispatch);
  if (assumed === undefined) return undefined;
  const { metadata, from } = assumed;
  const message = `what \`${labelOf(source)}\` needs is taken from ${from}, since it can't be built here: ${inOneLine(failure)}`;
  return { kind: "known", metadata, assumed: { message, hint: failure.hint } };
}

/** Returns the metadata that an earlier build of a source gave, for this Python or the most similar one here. */
async function storedMetadata(
  source: Buildable,
  python: Interpreter,
  request: BuildRequest,
  { context }: BuildDispatch,
): Promise<CoreMetadata | undefined> {
  const host = await hostInterpreterFor(python, context).catch(undefinedIfNone);
  if (host === undefined) return undefined;
  const identity = await identityOf(source, context.db);
  const entry = buildEntry(identity, host, buildOf(source, request), source, context);
  const stored = await entry.metadata();
  return stored === undefined ? undefined : parseMetadata(stored);
}

function undefinedIfNone(error: unknown): undefined {
  if (error instanceof PosyError && error.code === "no-interpreter") return undefined;
  throw error;
}

/**
 * Returns the metadata that only the backend knows. `label` is what the source is called as long as its name is
 * unknown.
 */
export async function builtMetadata(
  source: Buildable,
  label: string,
  python: Interpreter,
  outer: BuildRequest,
  dispatch: BuildDispatch,
): Promise<CoreMetadata> {
  const { context, trees } = dispatch;
  const build = buildOf(source, outer);
  const host = await hostInterpreterFor(python, context);
  const identity = await identityOf(source, context.db);
  const editable = isEditable(source);
  const entry = buildEntry(identity, host, build, source, context);
  const stored = await entry.metadata();
  if (stored !== undefined) return parseMetadata(stored);
  const request = nestedRequest(outer, source, label);
  const pins: readonly PackagePin[] =
    build.isolated === false ? await sharedEnvironment(source, host, request, dispatch) : [];
  const job = {
    label,
    root: await trees.forBuild(source),
    goal: "metadata",
    python: host,
    build,
    pins,
    request,
  } as const;
  const run = () =>
    runBuild(job, dispatch, async ({ outcome, pins: used, output }) => {
      const text = await metadataText(outcome, output);
      const metadata = parseMetadata(text);
      // A wheel that had to be built for its metadata is kept.
      if (outcome.kind === "wheel" && !editable) {
        const { filename } = outcome;
        await storeBuiltWheel(join(output, filename), filename, entry, { pins: used, used }, host, context);
      }
      await entry.keepMetadata(text);
      return metadata;
    });
  if (isRequested(source, outer)) return run();
  // Metadata and build requirements share their failures, because both start with the same hook: if one fails here,
  // so does the other.
  return unlessKnownToFail(entry, ["asked", requirementPolicy(outer)], dispatch, run);
}

async function metadataText(outcome: BuildOutcome, output: string): Promise<string> {
  if (outcome.kind === "metadata") return readFile(join(outcome.distInfo, "METADATA"), "utf8");
  if (outcome.kind === "wheel") return wheelMetadata(join(output, outcome.filename), outcome.filename);
  throw new Error(`a backend that was asked for metadata gave ${outcome.kind}`);
}
