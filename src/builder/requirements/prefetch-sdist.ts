import type { Interpreter, SdistArtifact } from "../../model/index.ts";
import type { SourceHints } from "../../resolve/index.ts";
import { declaredRequirements } from "./declared-requirements.ts";
import { canRunHere } from "../host-interpreter.ts";
import type { BuildDispatch } from "../build-dispatch.ts";

/** In bytes. Larger source distributions are fetched whole only when they are needed. */
const largest = 32 << 20;

/**
 * Returns what a source distribution says about itself, and the build requirements that it declares if no backend
 * will be run. Nothing is built.
 */
export async function prefetchSdist(
  source: SdistArtifact,
  python: Interpreter,
  dispatch: BuildDispatch,
): Promise<SourceHints> {
  const { db } = dispatch.context;
  const isLarge = source.size !== undefined && source.size > largest;
  if (isLarge || canRunHere(python, dispatch.context)) {
    return { metadata: await db.sdistMetadata(source), requires: [] };
  }
  // The declared build requirements are not in the part of the file that is read first, so all of it is fetched.
  await db.fetch(source);
  const [metadata, requires] = await Promise.all([
    db.sdistMetadata(source),
    declaredRequirements(source, dispatch),
  ]);
  return { metadata, requires };
}
