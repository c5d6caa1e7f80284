import { timed } from "../report/timings.ts";
import type { OperationContext } from "./context.ts";
import { openInputs } from "./inputs.ts";
import { readSettings, type Settings } from "./read-settings.ts";
import type { BriefOptions, IndexOptions, TargetOptions } from "./options.ts";

/** Options of an operation that resolves requirements. `requirements` are paths of requirements files (`-r`). */
export type AskedOptions = BriefOptions &
  TargetOptions &
  IndexOptions & { readonly requirements?: readonly string[] };

/**
 * Reads the settings of an operation that takes requirements and requirements files (`-r`), and reports their
 * warnings. The files that it reads are recorded in `inputs`.
 */
export async function readAsked(
  typed: readonly string[],
  options: AskedOptions,
  context: OperationContext,
  inputs = openInputs(context),
): Promise<Settings> {
  const settings = await timed(context.reporter, "settings", undefined, () =>
    readSettings(
      { ...options, withRequirements: options.requirements ?? [] },
      typed.map((text) => [text, ""] as const),
      inputs,
    ),
  );
  for (const message of settings.warnings)
    context.reporter.report({ kind: "warning", message, about: "settings" });
  return settings;
}
