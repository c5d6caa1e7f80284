import type { Interpreter, SdistArtifact } from "../model/index.ts";
import type { SourceHints } from "../resolve/index.ts";
import { declaredRequirements } from "./declared-requirements.ts";
import { canRunHere } from "./host-interpreter.ts";
import type { BuildDispatch } from "./build-dispatch.ts";

/** Bytes beyond which all of it is fetched only when it is asked for. */
const largest = 32 << 20;

/**
 * What can be known of a source distribution before it is asked for: what it says of itself, and what its build declares where
 * no backend will be asked. Nothing is built.
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
  // What its build declares is not in the first piece that is asked for, so all of it is.
  await db.fetch(source);
  const [metadata, requires] = await Promise.all([
    db.sdistMetadata(source),
    declaredRequirements(source, dispatch),
  ]);
  return { metadata, requires };
}
