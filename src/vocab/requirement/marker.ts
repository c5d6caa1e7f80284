import { compareValues, valueOfVariable } from "./marker-comparison.ts";
import type { MarkerEnvironment, MarkerVariable } from "./marker-environment.ts";
import type { Specifier } from "../version/index.ts";

export type MarkerOperator = "==" | "!=" | "<=" | ">=" | "<" | ">" | "~=" | "===" | "in" | "not in";

export type MarkerName = MarkerVariable | "extra" | "extras" | "dependency_groups";

export type MarkerOperand =
  | { readonly kind: "variable"; readonly name: MarkerName }
  | { readonly kind: "string"; readonly value: string };

/** A comparison. At least one side is a variable. */
export interface MarkerComparison {
  readonly kind: "compare";
  readonly left: MarkerOperand;
  readonly operator: MarkerOperator;
  readonly right: MarkerOperand;
  /** The operator and the text on the right as a specifier, if the variable is a version and they form a valid one. */
  readonly specifier?: Specifier;
}

/** An environment marker (PEP 508, "Dependency specifiers"), made by `parse-marker.ts`. */
export type Marker = { readonly kind: "and" | "or"; readonly operands: readonly Marker[] } | MarkerComparison;

const nothing: ReadonlySet<string> = new Set();

/**
 * Whether the marker holds. `extras` and `groups` (PEP 751) are the normalised names of those that are requested. If no
 * extra is, `extra` is the empty text.
 */
export function evaluateMarker(
  marker: Marker,
  environment: MarkerEnvironment,
  extras: ReadonlySet<string> = nothing,
  groups: ReadonlySet<string> = nothing,
): boolean {
  if (marker.kind === "compare") return holds(marker, environment, extras, groups);
  const evaluate = (operand: Marker) => evaluateMarker(operand, environment, extras, groups);
  return marker.kind === "and" ? marker.operands.every(evaluate) : marker.operands.some(evaluate);
}

function holds(
  { left, operator, right, specifier }: MarkerComparison,
  environment: MarkerEnvironment,
  extras: ReadonlySet<string>,
  groups: ReadonlySet<string>,
): boolean {
  const valueOf = (operand: MarkerOperand, extra: string): string => {
    if (operand.kind === "string") return operand.value;
    return operand.name === "extra" ? extra : valueOfVariable(operand.name, environment);
  };
  const variable = left.kind === "variable" ? left.name : right.kind === "variable" ? right.name : "extra";
  switch (variable) {
    case "extras":
    case "dependency_groups": {
      const requested = variable === "extras" ? extras : groups;
      return requested.has(valueOf(left, "")) === (operator === "in");
    }
    case "extra": {
      // With several extras, a comparison holds if it does for any of them; a negative one, if it does for all.
      const compare = (extra: string) => compareValues(valueOf(left, extra), operator, valueOf(right, extra));
      const all = extras.size === 0 ? [""] : [...extras];
      return operator === "!=" || operator === "not in" ? all.every(compare) : all.some(compare);
    }
    default:
      return compareValues(valueOf(left, ""), operator, valueOf(right, ""), variable, specifier);
  }
}

/** Writes the normalised text, which `parseMarker` reads as the same marker. */
export function formatMarker(marker: Marker): string {
  if (marker.kind === "compare") {
    return `${formatOperand(marker.left)} ${marker.operator} ${formatOperand(marker.right)}`;
  }
  return marker.operands
    .map((operand) =>
      operand.kind === "compare" ? formatMarker(operand) : formatInner(operand, marker.kind),
    )
    .join(` ${marker.kind} `);
}

/** `or` inside `and` needs parentheses, and so does a group of the same kind, to stay the same marker. */
function formatInner(operand: Marker, outer: "and" | "or"): string {
  const text = formatMarker(operand);
  return outer === "or" && operand.kind === "and" ? text : `(${text})`;
}

function formatOperand(operand: MarkerOperand): string {
  if (operand.kind === "variable") return operand.name;
  return operand.value.includes('"') ? `'${operand.value}'` : `"${operand.value}"`;
}

/** Returns the names of all variables in the marker. */
export function markerVariablesOf(marker: Marker): ReadonlySet<MarkerName> {
  const names = new Set<MarkerName>();
  const visit = (part: Marker): void => {
    if (part.kind !== "compare") return part.operands.forEach(visit);
    for (const operand of [part.left, part.right]) if (operand.kind === "variable") names.add(operand.name);
  };
  visit(marker);
  return names;
}
