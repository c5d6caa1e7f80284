import type { Marker, MarkerComparison, MarkerName, MarkerOperand, MarkerOperator } from "./marker.ts";
import { comparisonSpecifier } from "./marker-comparison.ts";
import { markerVariables } from "./marker-environment.ts";
import { normalizeName } from "./name.ts";
import { Scanner } from "../../text/index.ts";

const hint = "a marker compares a variable with a text, as in `python_version < '3.12'`";

/** Names from before PEP 508, which old metadata still have. */
const legacyNames: ReadonlyMap<string, MarkerName> = new Map([
  ["os.name", "os_name"],
  ["sys.platform", "sys_platform"],
  ["platform.version", "platform_version"],
  ["platform.machine", "platform_machine"],
  ["platform.python_implementation", "platform_python_implementation"],
  ["python_implementation", "platform_python_implementation"],
]);
const names: ReadonlyMap<string, MarkerName> = new Map([
  ...[...markerVariables, "extra" as const, "extras" as const, "dependency_groups" as const].map(
    (name): [string, MarkerName] => [name, name],
  ),
  ...legacyNames,
]);

/** The deepest nesting of parentheses: more than anyone writes, and far from a stack overflow. */
const deepest = 64;

const close = /\)/y;
const text = /'[^'\r\n]*'|"[^"\r\n]*"/y;
const word = /[A-Za-z_][\w.]*/y;
const operators = /===|~=|==|!=|<=|>=|<|>|in\b|not[ \t]+in\b/y;
const conjunction = { and: /and\b/y, or: /or\b/y } as const;

/** Reads an environment marker (PEP 508). Throws `invalid-marker` with the span at fault. */
export function parseMarker(source: string): Marker {
  const scanner = new Scanner(source.trim(), { code: "invalid-marker", noun: "environment marker", hint });
  const marker = parseMarkerAt(scanner);
  if (!scanner.atEnd) throw scanner.fail("expected `and`, `or` or the end");
  return marker;
}

/** Reads a marker and the white space after it. The caller reads the rest. */
export function parseMarkerAt(scanner: Scanner, depth = 0): Marker {
  return joined(scanner, "or", () => joined(scanner, "and", () => atom(scanner, depth)));
}

function joined(scanner: Scanner, kind: "and" | "or", operand: () => Marker): Marker {
  const first = operand();
  const operands = [first];
  while (scanner.take(conjunction[kind]) !== undefined) operands.push(operand());
  return operands.length === 1 ? first : { kind, operands };
}

function atom(scanner: Scanner, depth: number): Marker {
  scanner.skipSpace();
  const start = scanner.position;
  let marker: Marker;
  if (!scanner.isAt("(")) {
    marker = comparison(scanner);
  } else {
    if (depth === deepest) throw scanner.fail("too many parentheses", start);
    scanner.position += 1;
    marker = parseMarkerAt(scanner, depth + 1);
    if (scanner.take(close) === undefined) throw scanner.fail("expected `)`", start, scanner.position);
  }
  scanner.skipSpace();
  return marker;
}

function comparison(scanner: Scanner): MarkerComparison {
  const start = scanner.position;
  const left = operand(scanner);
  scanner.skipSpace();
  const written = scanner.take(operators);
  if (written === undefined) throw scanner.fail("expected a comparison: `==`, `<`, `in`, `not in`, …");
  const operator = (written.startsWith("not") ? "not in" : written) as MarkerOperator;
  scanner.skipSpace();
  const right = operand(scanner);
  const fault = faultOf(left, operator, right);
  if (fault !== undefined) throw scanner.fail(fault, start, scanner.position);
  return normalized(left, operator, right);
}

function operand(scanner: Scanner): MarkerOperand {
  const quoted = scanner.take(text);
  if (quoted !== undefined) return { kind: "string", value: quoted.slice(1, -1) };
  const start = scanner.position;
  const name = names.get(scanner.take(word) ?? "");
  if (name === undefined) {
    scanner.position = start;
    throw scanner.fail("expected a marker variable or a quoted text");
  }
  return { kind: "variable", name };
}

const setNames: ReadonlySet<MarkerName> = new Set(["extras", "dependency_groups"]);

/** Returns what is wrong with a comparison to which no tool gives a meaning. */
function faultOf(left: MarkerOperand, operator: MarkerOperator, right: MarkerOperand): string | undefined {
  if (left.kind === "string" && right.kind === "string") return "expected a variable on one side";
  if (left.kind === "variable" && setNames.has(left.name)) {
    return `\`${left.name}\` goes on the right, as in \`'name' in ${left.name}\``;
  }
  if (right.kind === "string" || !setNames.has(right.name)) return undefined;
  if (operator === "in" || operator === "not in") {
    return left.kind === "string" ? undefined : `expected a quoted text before \`${operator}\``;
  }
  return `\`${right.name}\` goes with \`in\` and \`not in\` only`;
}

/** Normalises the names of extras and groups (PEP 685, 735), and makes the specifier once. */
function normalized(left: MarkerOperand, operator: MarkerOperator, right: MarkerOperand): MarkerComparison {
  const variable = left.kind === "variable" ? left.name : right.kind === "variable" ? right.name : undefined;
  if (variable === "extra" || (variable !== undefined && setNames.has(variable))) {
    return { kind: "compare", left: withName(left), operator, right: withName(right) };
  }
  const specifier =
    variable !== undefined && right.kind === "string"
      ? comparisonSpecifier(variable, operator, right.value)
      : undefined;
  return { kind: "compare", left, operator, right, ...(specifier && { specifier }) };
}

function withName(operand: MarkerOperand): MarkerOperand {
  return operand.kind === "string" ? { kind: "string", value: normalizeName(operand.value) } : operand;
}
