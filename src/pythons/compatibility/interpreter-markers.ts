import type { Machine } from "../../system/machine/index.ts";
import { type MarkerEnvironment, markerVariables } from "../../vocab/requirement/index.ts";
import { hostPlatformTag } from "./host-platform-tag.ts";
import type { Interpreter } from "../../model/index.ts";
import { platformFacts } from "./platform-facts.ts";

/**
 * A value for every marker variable: what the interpreter's own metadata says, and the release and version of the
 * system as `machine` has them where it is of the interpreter's platform. For any other platform they are unknown
 * and empty, as uv has them too.
 */
export function markerEnvironment(interpreter: Interpreter, machine?: Machine): MarkerEnvironment {
  const host = machine && hostPlatformTag(interpreter, machine) !== undefined ? machine.markers : undefined;
  const values: Partial<MarkerEnvironment> = {
    // A universal2 pybi leaves the architecture open: the side chosen says it (PEP 711).
    platform_machine: platformFacts[interpreter.platform].platform_machine,
    platform_release: host?.platform_release ?? "",
    platform_version: host?.platform_version ?? "",
    ...interpreter.markers,
  };
  return Object.fromEntries(
    markerVariables.map((variable) => [variable, values[variable] ?? ""]),
  ) as MarkerEnvironment;
}
