import type { MarkerName, MarkerOperator } from "./marker.ts";
import type { MarkerEnvironment } from "./marker-environment.ts";
import { parseSpecifier, satisfiesOne, type Specifier, tryParseVersion } from "../version/index.ts";

/** The variables whose values are versions, by the specification. */
const versioned: ReadonlySet<MarkerName> = new Set([
  "implementation_version",
  "platform_release",
  "python_full_version",
  "python_version",
]);

/** Operator and text as a specifier, where the variable is a version; undefined where they make none. */
export function comparisonSpecifier(
  variable: MarkerName,
  operator: MarkerOperator,
  text: string,
): Specifier | undefined {
  if (!versioned.has(variable) || operator === "in" || operator === "not in") return undefined;
  const specifier = parseSpecifier(operator + text);
  return typeof specifier === "string" ? undefined : specifier;
}

/** A Python built from a working copy calls itself `3.13.0+`, which is no version: as `3.13.0+local` it is one. */
export function valueOfVariable(variable: MarkerName, environment: MarkerEnvironment): string {
  const values: Partial<Record<MarkerName, string>> = environment;
  const value = values[variable] ?? "";
  return variable === "python_full_version" && value.endsWith("+") ? `${value}local` : value;
}

/**
 * Compares as the specification has it: versions where the variable is one and the right side makes a specifier
 * (then a left side that is no version never matches), else texts, which have no order: `<=` and `>=` are `==`, `<`
 * and `>` never hold, and `~=` and `===`, which mean nothing, neither.
 */
export function compareValues(
  left: string,
  operator: MarkerOperator,
  right: string,
  variable?: MarkerName,
  specifier = variable && comparisonSpecifier(variable, operator, right),
): boolean {
  if (specifier !== undefined) {
    if (specifier.operator === "===") return left.toLowerCase() === specifier.versionText.toLowerCase();
    const version = tryParseVersion(left);
    return version !== undefined && satisfiesOne(specifier, version);
  }
  switch (operator) {
    case "in":
      return right.includes(left);
    case "not in":
      return !right.includes(left);
    case "==":
    case "<=":
    case ">=":
      return left === right;
    case "!=":
      return left !== right;
    default:
      return false;
  }
}
