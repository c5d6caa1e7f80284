import type { BriefRequirement } from "../../model/index.ts";
import {
  formatMarker,
  type Marker,
  type MarkerOperator,
  parseMarker,
} from "../../vocab/requirement/index.ts";
import type { PackageSource, ProjectSettings } from "./project.ts";

interface AppliedSources {
  readonly requirements: readonly BriefRequirement[];
  /** The specifiers of the requirements that now have a URL instead. */
  readonly constraints: readonly BriefRequirement[];
}

/**
 * Gives requirements the URLs that `[tool.posy.sources]` has for their packages. Their specifiers stay as
 * constraints. A source with a marker applies only where the marker holds. A requirement that has a URL keeps it.
 */
export function applySources(
  asked: readonly BriefRequirement[],
  sources: ProjectSettings["sources"],
): AppliedSources {
  const constraints: BriefRequirement[] = [];
  const requirements = asked.flatMap((entry): readonly BriefRequirement[] => {
    const { requirement } = entry;
    const urls = (sources.get(requirement.name) ?? []).filter(({ from }) => from.kind === "url");
    if (urls.length === 0 || requirement.url !== undefined) return [entry];
    if (requirement.specifier.specifiers.length > 0)
      constraints.push({ ...entry, requirement: { ...requirement, extras: [] } });
    return [...urls.map((source) => withSource(entry, source)), ...fromIndex(entry, urls)];
  });
  return { requirements, constraints };
}

function withSource(entry: BriefRequirement, { from, marker }: PackageSource): BriefRequirement {
  const { marker: written, ...requirement } = entry.requirement;
  const whole = both(written, marker);
  const url = from.kind === "url" ? { url: from.url, specifier: { specifiers: [], text: "" } } : {};
  return { ...entry, requirement: { ...requirement, ...url, ...(whole && { marker: whole }) } };
}

/** Returns the requirement for targets on which no source applies: there the package comes from an index. */
function fromIndex(entry: BriefRequirement, sources: readonly PackageSource[]): readonly BriefRequirement[] {
  const markers = sources.flatMap(({ marker }) => marker ?? []);
  if (markers.length < sources.length) return [];
  const none = markers.map(opposite).reduce((all, one) => both(all, one) as Marker);
  const marker = both(entry.requirement.marker, none);
  return [{ ...entry, requirement: { ...entry.requirement, ...(marker && { marker }) } }];
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

/** Returns the marker that holds exactly where this one does not. */
export function opposite(marker: Marker): Marker {
  if (marker.kind !== "compare") {
    return { kind: marker.kind === "and" ? "or" : "and", operands: marker.operands.map(opposite) };
  }
  if (marker.operator === "~=" && marker.right.kind === "string") {
    // `~=3.10` is `>=3.10` and `==3.*`.
    const upper = `${marker.right.value.split(".").slice(0, -1).join(".")}.*`;
    const compare = (operator: MarkerOperator, value: string): Marker =>
      parseMarker(
        formatMarker({ kind: "compare", left: marker.left, operator, right: { kind: "string", value } }),
      );
    return { kind: "or", operands: [compare("<", marker.right.value), compare("!=", upper)] };
  }
  const operator = (opposites[marker.operator] ?? "!=") as MarkerOperator;
  const { left, right } = marker;
  return parseMarker(formatMarker({ kind: "compare", left, operator, right }));
}
