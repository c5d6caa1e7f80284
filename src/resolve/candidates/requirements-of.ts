import {
  evaluateMarker,
  type ExtraName,
  type Marker,
  markerVariablesOf,
  type Requirement,
} from "../../vocab/requirement/index.ts";
import type { CoreMetadata } from "../../vocab/metadata/index.ts";
import type { Target } from "../target.ts";

const noExtras: ReadonlySet<ExtraName> = new Set();

/**
 * Returns what a package requires on the target. With `extra`, returns only the additional requirements of that
 * extra.
 */
export function requirementsOf(
  metadata: CoreMetadata,
  target: Target,
  extra?: ExtraName,
): readonly Requirement[] {
  const results = markerResultsOf(target);
  const holds = (marker: Marker | undefined): boolean => {
    if (marker === undefined) return true;
    let result = results.get(marker);
    if (result === undefined) {
      result = evaluateMarker(marker, target.environment, noExtras);
      results.set(marker, result);
    }
    return result;
  };
  if (extra === undefined) return metadata.requirementsWhere(holds);
  const extras = new Set([extra]);
  return metadata.requirementsWhere(
    (marker) => marker !== undefined && !holds(marker) && evaluateMarker(marker, target.environment, extras),
  );
}

const resultsByTarget = new WeakMap<Target, Map<Marker, boolean>>();

/**
 * Results are cached by marker: requirements share their markers (`parseRequirement`), and some hundred packages have
 * only a few dozen.
 */
function markerResultsOf(target: Target): Map<Marker, boolean> {
  let results = resultsByTarget.get(target);
  if (results === undefined) resultsByTarget.set(target, (results = new Map()));
  return results;
}

const pythonVariables = new Set<string>([
  "implementation_name",
  "implementation_version",
  "platform_python_implementation",
  "python_full_version",
  "python_version",
]);

/** Whether a requirement may not hold for another Python. */
export function dependsOnPython({ marker }: Requirement): boolean {
  return (
    marker !== undefined && [...markerVariablesOf(marker)].some((variable) => pythonVariables.has(variable))
  );
}
