import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Interpreter, PackagePin } from "../model/index.ts";
import type { PosyError } from "../errors/posy-error.ts";
import type { SourceMetadata } from "../resolve/index.ts";
import { type CoreMetadata, parseMetadata } from "../vocab/metadata/index.ts";
import type { BuildOutcome } from "./backend/run-backend.ts";
import { buildEntry } from "./build-store.ts";
import { type Buildable, identityOf, isAskedFor, isEditable } from "./buildable.ts";
import { type BuildRequest, nestedRequest, labelOf } from "./build-request.ts";
import { failedBuild, inOneLine, isPassing } from "./diagnose/failed-build.ts";
import { storeBuiltWheel } from "./store-built-wheel.ts";
import { unlessKnownToFail } from "./known-failures.ts";
import { buildOf, wishesOf } from "./pin-build.ts";
import { runBuild } from "./run-build.ts";
import { staticMetadata } from "./sdist/read-static-metadata.ts";
import { hostInterpreterFor } from "./host-interpreter.ts";
import { sharedEnvironment } from "./shared-environment.ts";
import { toldElsewhere } from "./told-elsewhere.ts";
import { wheelMetadata } from "./wheel-metadata.ts";
import type { BuildDispatch } from "./build-dispatch.ts";

/**
 * The core metadata of a source, the cheapest way that there is: what it says by itself (PEP 643, 621), what is
 * remembered, what its backend prepares, the wheel. Where the backend fails, what another file of the release says, as long as
 * nobody asks for this very source.
 */
export async function sourceMetadata(
  source: Buildable,
  python: Interpreter,
  request: BuildRequest,
  dispatch: BuildDispatch,
): Promise<SourceMetadata> {
  const isWanted = isAskedFor(source, request);
  try {
    const said =
      source.kind === "sdist"
        ? await dispatch.context.db.sdistMetadata(source)
        : await staticMetadata(await dispatch.trees.forReading(source), "tree", dispatch.context.unwritten);
    if (said !== undefined) return { kind: "known", metadata: said };
    if (!isWanted) {
      // What can't be built in one version mostly can't in the next: each would be waited for.
      const earlier = dispatch.failures.first.get(source.name)?.get(python.version);
      const told = earlier && (await assumedMetadata(source, python, earlier, dispatch));
      if (told !== undefined) return told;
    }
    const metadata = await builtMetadata(source, labelOf(source), python, request, dispatch);
    return { kind: "known", metadata };
  } catch (error) {
    const failure = failedBuild(error, request);
    if (failure === undefined || isWanted) throw error;
    const told = await assumedMetadata(source, python, failure, dispatch);
    if (told === undefined && isPassing(failure)) throw error;
    const { first } = dispatch.failures;
    const known = first.get(source.name) ?? new Map<string, PosyError>();
    if (!known.has(python.version)) first.set(source.name, known.set(python.version, failure));
    return told ?? { kind: "unbuildable", failure };
  }
}

async function assumedMetadata(
  source: Buildable,
  python: Interpreter,
  failure: PosyError,
  dispatch: BuildDispatch,
): Promise<SourceMetadata | undefined> {
  if (source.kind !== "sdist") return undefined;
  const told = await toldElsewhere(source, python, dispatch);
  if (told === undefined) return undefined;
  const { metadata, from } = told;
  const message = `what \`${labelOf(source)}\` needs is taken from ${from}, since it can't be built here: ${inOneLine(failure)}`;
  return { kind: "known", metadata, assumed: { message, hint: failure.hint } };
}

/** What only the backend knows. `label` is what the source is called as long as its name is not known. */
export async function builtMetadata(
  source: Buildable,
  label: string,
  python: Interpreter,
  before: BuildRequest,
  dispatch: BuildDispatch,
): Promise<CoreMetadata> {
  const { context, trees } = dispatch;
  const build = buildOf(source, before);
  const asking = await hostInterpreterFor(python, context);
  const identity = await identityOf(source, context.db);
  const editable = isEditable(source);
  const entry = buildEntry(identity, asking, build, editable, context);
  const known = await entry.metadata();
  if (known !== undefined) return parseMetadata(known);
  const request = nestedRequest(before, source, label);
  const pins: readonly PackagePin[] =
    build.isolated === false ? await sharedEnvironment(source, asking, request, dispatch) : [];
  const job = {
    label,
    root: await trees.forBuild(source),
    goal: "metadata",
    python: asking,
    build,
    pins,
    errand: request,
  } as const;
  const run = () =>
    runBuild(job, dispatch, async ({ outcome, pins: used, output }) => {
      const text = await metadataText(outcome, output);
      const metadata = parseMetadata(text);
      // What had to be built for it is not built again.
      if (outcome.kind === "wheel" && !editable) {
        const { filename } = outcome;
        await storeBuiltWheel(join(output, filename), filename, entry, { pins: used, used }, asking, context);
      }
      await entry.keepMetadata(text);
      return metadata;
    });
  if (isAskedFor(source, before)) return run();
  // Both are asked the same first: a source that fails here fails when it is asked what it needs to be built.
  return unlessKnownToFail(entry, ["asked", wishesOf(before)], dispatch, run);
}

async function metadataText(outcome: BuildOutcome, output: string): Promise<string> {
  if (outcome.kind === "metadata") return readFile(join(outcome.distInfo, "METADATA"), "utf8");
  if (outcome.kind === "wheel") return wheelMetadata(join(output, outcome.filename), outcome.filename);
  throw new Error(`a backend that was asked for metadata gave ${outcome.kind}`);
}
