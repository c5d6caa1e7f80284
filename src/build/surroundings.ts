import { isIsolated } from "../blueprint/build-policy.ts";
import type { PackagePin } from "../blueprint/blueprint.ts";
import type { Interpreter } from "../pythons/interpreter.ts";
import type { Buildable } from "./buildable.ts";
import { type Errand, labelOf } from "./errand.ts";
import { pinRequirements } from "./pin-requirements.ts";
import type { Workshop } from "./workshop.ts";

/** Without isolation a source is built in an Env of all else that the Brief asks for: that, pinned. */
export function surroundings(
  source: Buildable,
  python: Interpreter,
  errand: Errand,
  workshop: Workshop,
): Promise<readonly PackagePin[]> {
  const others = (errand.brief?.requirements ?? [])
    .map(({ requirement }) => requirement)
    .filter(({ name }) => name !== source.name && isIsolated(errand.policy, name));
  return pinRequirements(others, python, labelOf(source), errand, workshop);
}
