import { evaluateMarker, type Marker, markerVariablesOf } from "../vocab/marker.ts";
import type { CoreMetadata } from "../vocab/metadata.ts";
import type { ExtraName } from "../vocab/name.ts";
import type { Requirement } from "../vocab/requirement.ts";
import type { Target } from "./target.ts";

const noExtras: ReadonlySet<ExtraName> = new Set();

/** What a package needs on the target; with `extra`, what that extra needs besides. */
export function requirementsOf(
  metadata: CoreMetadata,
  target: Target,
  extra?: ExtraName,
): readonly Requirement[] {
  const holds = (marker: Marker | undefined, extras: ReadonlySet<ExtraName>) =>
    marker === undefined || evaluateMarker(marker, target.environment, extras);
  if (extra === undefined) return metadata.requiresDist.filter(({ marker }) => holds(marker, noExtras));
  const extras = new Set([extra]);
  return metadata.requiresDist.filter(({ marker }) => !holds(marker, noExtras) && holds(marker, extras));
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
