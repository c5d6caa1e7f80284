import type { MarkerName, MarkerOperator } from "./marker.ts";
import type { MarkerEnvironment } from "./marker-environment.ts";
import { parseSpecifier, satisfiesOne, type Specifier, tryParseVersion } from "../version/index.ts";

/** The variables whose values are versions, according to PEP 508. */
const versioned: ReadonlySet<MarkerName> = new Set([
  "implementation_version",
  "platform_release",
  "python_full_version",
  "python_version",
]);

/** Returns operator and text as a specifier if the variable is a version and they form a valid one. */
export function comparisonSpecifier(
  variable: MarkerName,
  operator: MarkerOperator,
  text: string,
): Specifier | undefined {
  if (!versioned.has(variable) || operator === "in" || operator === "not in") return undefined;
  const specifier = parseSpecifier(operator + text);
  return typeof specifier === "string" ? undefined : specifier;
}

/**
 * Returns the value of a variable. A Python that was built from a working copy has the version `3.13.0+`, which is
 * invalid, so it becomes `3.13.0+local`.
 */
export function valueOfVariable(variable: MarkerName, environment: MarkerEnvironment): string {
  const values: Partial<Record<MarkerName, string>> = environment;
  const value = values[variable] ?? "";
  return variable === "python_full_version" && value.endsWith("+") ? `${value}local` : value;
}

/**
 * Compares two values as the specification says. If the variable is a version and the right side forms a specifier, it
 * compares versions, and a left side that is not a version never matches. Otherwise it compares texts, which have no
 * order: `<=` and `>=` mean `==`, and `<`, `>`, `~=` and `===` never hold.
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
