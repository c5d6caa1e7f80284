import type { BriefRequirement } from "../../model/index.ts";
import {
  formatMarker,
  type Marker,
  type MarkerOperator,
  parseMarker,
} from "../../vocab/requirement/index.ts";
import type { PackageSource, ProjectSettings } from "./project.ts";

interface Sourced {
  readonly requirements: readonly BriefRequirement[];
  /** The versions that were asked for of what now comes from a place. */
  readonly constraints: readonly BriefRequirement[];
}

/**
 * Sends what is asked for by name to the places that `[tool.posy.sources]` has for it; the versions that it was to have stay as
 * constraints. A source with a marker takes it only where that holds. What names a place itself keeps it.
 */
export function applySources(
  asked: readonly BriefRequirement[],
  sources: ProjectSettings["sources"],
): Sourced {
  const constraints: BriefRequirement[] = [];
  const requirements = asked.flatMap((each): readonly BriefRequirement[] => {
    const { requirement } = each;
    const places = (sources.get(requirement.name) ?? []).filter(({ from }) => from.kind === "url");
    if (places.length === 0 || requirement.url !== undefined) return [each];
    if (requirement.specifier.specifiers.length > 0)
      constraints.push({ ...each, requirement: { ...requirement, extras: [] } });
    return [...places.map((place) => fromPlace(each, place)), ...elsewhere(each, places)];
  });
  return { requirements, constraints };
}

function fromPlace(each: BriefRequirement, { from, marker }: PackageSource): BriefRequirement {
  const { marker: own, ...requirement } = each.requirement;
  const whole = both(own, marker);
  const url = from.kind === "url" ? { url: from.url, specifier: { specifiers: [], text: "" } } : {};
  return { ...each, requirement: { ...requirement, ...url, ...(whole && { marker: whole }) } };
}

/** Where none of the markers holds, an index has it. */
function elsewhere(each: BriefRequirement, places: readonly PackageSource[]): readonly BriefRequirement[] {
  const markers = places.flatMap(({ marker }) => marker ?? []);
  if (markers.length < places.length) return [];
  const none = markers.map(opposite).reduce((all, one) => both(all, one) as Marker);
  const marker = both(each.requirement.marker, none);
  return [{ ...each, requirement: { ...each.requirement, ...(marker && { marker }) } }];
}

function both(a: Marker | undefined, b: Marker | undefined): Marker | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { kind: "and", operands: [a, b] };
}

const opposites: Partial<Record<MarkerOperator, string>> = {
  "==": "!=",
  "!=": "==",
  "<": ">=",
  ">=": "<",
  ">": "<=",
  "<=": ">",
  in: "not in",
  "not in": "in",
};

/** The marker that holds wherever this one does not. */
export function opposite(marker: Marker): Marker {
  if (marker.kind !== "compare") {
    return { kind: marker.kind === "and" ? "or" : "and", operands: marker.operands.map(opposite) };
  }
  if (marker.operator === "~=" && marker.right.kind === "string") {
    // `~=3.10` is `>=3.10` and `==3.*`.
    const upper = `${marker.right.value.split(".").slice(0, -1).join(".")}.*`;
    const at = (operator: MarkerOperator, value: string): Marker =>
      parseMarker(
        formatMarker({ kind: "compare", left: marker.left, operator, right: { kind: "string", value } }),
      );
    return { kind: "or", operands: [at("<", marker.right.value), at("!=", upper)] };
  }
  const operator = (opposites[marker.operator] ?? "!=") as MarkerOperator;
  const { left, right } = marker;
  return parseMarker(formatMarker({ kind: "compare", left, operator, right }));
}
