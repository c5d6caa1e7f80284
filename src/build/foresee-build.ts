import type { SdistArtifact } from "../packages/artifact.ts";
import type { Interpreter } from "../pythons/interpreter.ts";
import type { Foreseen } from "../resolve/resolve-context.ts";
import { declaredRequirements } from "./declared-requirements.ts";
import { runsHere } from "./stand-in.ts";
import type { Workshop } from "./workshop.ts";

/**
 * What can be known of a source distribution before it is asked for: what it says of itself, and what its build declares where
 * no backend will be asked. Nothing is built.
 */
export async function foreseeBuild(
  source: SdistArtifact,
  python: Interpreter,
  workshop: Workshop,
): Promise<Foreseen> {
  const metadata = await workshop.context.db.sdistMetadata(source);
  const requires = runsHere(python, workshop.context) ? [] : await declaredRequirements(source, workshop);
  return { metadata, requires };
}
