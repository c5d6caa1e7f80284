import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PackagePin } from "../blueprint/blueprint.ts";
import type { Interpreter } from "../pythons/interpreter.ts";
import { type CoreMetadata, parseMetadata } from "../vocab/metadata.ts";
import { toldPkgInfo } from "../vocab/static-metadata.ts";
import type { BuildOutcome } from "./backend/run-backend.ts";
import { buildEntry } from "./build-store.ts";
import { type Buildable, identityOf, isEditable } from "./buildable.ts";
import { type Errand, errandFor, labelOf } from "./errand.ts";
import { failedBuild } from "./explain/failed-build.ts";
import { keepBuiltWheel } from "./keep-built-wheel.ts";
import { buildOf } from "./pin-build.ts";
import { runBuild } from "./run-build.ts";
import { staticMetadata } from "./sdist/static-metadata.ts";
import { standInFor } from "./stand-in.ts";
import { surroundings } from "./surroundings.ts";
import { wheelMetadata } from "./wheel-metadata.ts";
import type { Workshop } from "./workshop.ts";

/**
 * The core metadata of a source, the cheapest way that there is: what it says by itself (PEP 643, 621), what is
 * remembered, what its backend prepares, the wheel.
 */
export async function sourceMetadata(
  source: Buildable,
  python: Interpreter,
  errand: Errand,
  workshop: Workshop,
): Promise<CoreMetadata> {
  const said =
    source.kind === "sdist"
      ? await workshop.context.db.sdistMetadata(source)
      : await staticMetadata(await workshop.trees.toRead(source), "tree", workshop.context.unwritten);
  if (said !== undefined) return said;
  try {
    return await builtMetadata(source, labelOf(source), python, errand, workshop);
  } catch (error) {
    const failure = failedBuild(error);
    const told = failure === undefined ? undefined : await toldMetadata(source, workshop);
    if (told === undefined) throw error;
    // Who builds it here is told all of it.
    const message = `${failure}; what it needs is taken from its \`PKG-INFO\``;
    workshop.context.reporter.report({ kind: "warning", message });
    return told;
  }
}

/** What the backend said when the source was packed: another time, and elsewhere, it may say otherwise. */
async function toldMetadata(source: Buildable, { context }: Workshop): Promise<CoreMetadata | undefined> {
  if (source.kind !== "sdist") return undefined;
  const { pkgInfo } = await context.db.sdistFiles(source);
  const told = pkgInfo === undefined ? undefined : toldPkgInfo(pkgInfo);
  return told?.name === source.name && told.version.key === source.version.key ? told : undefined;
}

/** What only the backend knows. `label` is what the source is called as long as its name is not known. */
export async function builtMetadata(
  source: Buildable,
  label: string,
  python: Interpreter,
  before: Errand,
  workshop: Workshop,
): Promise<CoreMetadata> {
  const { context, trees } = workshop;
  const build = buildOf(source, before);
  const asking = await standInFor(python, context);
  const identity = await identityOf(source, context.db);
  const editable = isEditable(source);
  const entry = buildEntry(identity, asking, build, editable, context);
  const known = await entry.metadata();
  if (known !== undefined) return parseMetadata(known);
  const errand = errandFor(before, source, label);
  const pins: readonly PackagePin[] =
    build.isolated === false ? await surroundings(source, asking, errand, workshop) : [];
  const job = {
    label,
    root: await trees.of(source),
    goal: "metadata",
    python: asking,
    build,
    pins,
    errand,
  } as const;
  return runBuild(job, workshop, async ({ outcome, pins: used, output }) => {
    const text = await metadataText(outcome, output);
    const metadata = parseMetadata(text);
    // What had to be built for it is not built again.
    if (outcome.kind === "wheel" && !editable) {
      const { filename } = outcome;
      await keepBuiltWheel(join(output, filename), filename, entry, { pins: used, used }, asking, context);
    }
    await entry.keepMetadata(text);
    return metadata;
  });
}

async function metadataText(outcome: BuildOutcome, output: string): Promise<string> {
  if (outcome.kind === "metadata") return readFile(join(outcome.distInfo, "METADATA"), "utf8");
  if (outcome.kind === "wheel") return wheelMetadata(join(output, outcome.filename), outcome.filename);
  throw new Error(`a backend that was asked for metadata gave ${outcome.kind}`);
}
