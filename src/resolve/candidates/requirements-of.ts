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

/** What a package needs on the target; with `extra`, what that extra needs besides. */
export function requirementsOf(
  metadata: CoreMetadata,
  target: Target,
  extra?: ExtraName,
): readonly Requirement[] {
  const known = marksOf(target);
  const holds = (marker: Marker | undefined): boolean => {
    if (marker === undefined) return true;
    let answer = known.get(marker);
    if (answer === undefined) {
      answer = evaluateMarker(marker, target.environment, noExtras);
      known.set(marker, answer);
    }
    return answer;
  };
  if (extra === undefined) return metadata.requirementsWhere(holds);
  const extras = new Set([extra]);
  return metadata.requirementsWhere(
    (marker) => marker !== undefined && !holds(marker) && evaluateMarker(marker, target.environment, extras),
  );
}

const answers = new WeakMap<Target, Map<Marker, boolean>>();

/** Requirements share their markers (`parseRequirement`): some hundred packages have a few dozen. */
function marksOf(target: Target): Map<Marker, boolean> {
  let known = answers.get(target);
  if (known === undefined) answers.set(target, (known = new Map()));
  return known;
}

const ofPython = new Set<string>([
  "implementation_name",
  "implementation_version",
  "platform_python_implementation",
  "python_full_version",
  "python_version",
]);

/** Whether another Python could do without it. */
export function dependsOnPython({ marker }: Requirement): boolean {
  return marker !== undefined && [...markerVariablesOf(marker)].some((variable) => ofPython.has(variable));
}
