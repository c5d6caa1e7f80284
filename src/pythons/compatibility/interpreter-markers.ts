import type { Machine } from "../../system/machine/index.ts";
import { type MarkerEnvironment, markerVariables } from "../../vocab/requirement/index.ts";
import { hostPlatformTag } from "./host-platform-tag.ts";
import type { Interpreter } from "../../model/index.ts";
import { platformDefaults } from "./platform-defaults.ts";

/**
 * Returns a value for every marker variable, from the interpreter's metadata. `platform_release` and
 * `platform_version` come from `machine` if it has the interpreter's platform; for other platforms they are unknown and
 * empty, as in uv.
 */
export function markerEnvironment(interpreter: Interpreter, machine?: Machine): MarkerEnvironment {
  const host = machine && hostPlatformTag(interpreter, machine) !== undefined ? machine.markers : undefined;
  const values: Partial<MarkerEnvironment> = {
    // A universal2 pybi leaves `platform_machine` open (PEP 711); it follows from the platform that was chosen.
    platform_machine: platformDefaults[interpreter.platform].platform_machine,
    platform_release: host?.platform_release ?? "",
    platform_version: host?.platform_version ?? "",
    ...interpreter.markers,
  };
  return Object.fromEntries(
    markerVariables.map((variable) => [variable, values[variable] ?? ""]),
  ) as MarkerEnvironment;
}
