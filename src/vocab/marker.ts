import { PosyError } from "../errors/posy-error.ts";
import { type MarkerEnvironment, type MarkerVariable, markerVariables } from "./marker-environment.ts";
import { normalizeName } from "./name.ts";
import { parseSpecifierSet, satisfies } from "./specifier.ts";
import { tryParseVersion } from "./version.ts";

export type MarkerOperator = "==" | "!=" | "<=" | ">=" | "<" | ">" | "~=" | "===" | "in" | "not in";

export type MarkerOperand =
  | { readonly kind: "variable"; readonly name: MarkerVariable | "extra" | "extras" | "dependency_groups" }
  | { readonly kind: "string"; readonly value: string };

/** An environment marker (PEP 508, "Dependency specifiers"). */
export type Marker =
  | { readonly kind: "and" | "or"; readonly operands: readonly Marker[] }
  | {
      readonly kind: "compare";
      readonly left: MarkerOperand;
      readonly operator: MarkerOperator;
      readonly right: MarkerOperand;
    };

const legacyNames: Readonly<Record<string, MarkerVariable>> = {
  "os.name": "os_name",
  "sys.platform": "sys_platform",
  "platform.version": "platform_version",
  "platform.machine": "platform_machine",
  "platform.python_implementation": "platform_python_implementation",
  python_implementation: "platform_python_implementation",
};
const known = new Set<string>([...markerVariables, "extra", "extras", "dependency_groups"]);
const token = /\s*(?:(\()|(\))|('[^']*'|"[^"]*")|(===|~=|==|!=|<=|>=|<|>)|(not\s+in\b)|([A-Za-z_][\w.]*))/y;

interface Token {
  readonly kind: "(" | ")" | "string" | "operator" | "word";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Throws `invalid-marker` with the span at fault. */
export function parseMarker(text: string): Marker {
  const tokens = tokenize(text);
  let position = 0;
  const peek = () => tokens[position];
  const fail = (what: string): PosyError => {
    const at = peek();
    const start = at?.start ?? text.length;
    return invalid(text, what, start, at?.end ?? text.length);
  };
  const join = (kind: "and" | "or", operand: () => Marker): Marker => {
    const operands = [operand()];
    while (peek()?.kind === "word" && peek()?.text === kind) {
      position += 1;
      operands.push(operand());
    }
    return operands.length === 1 ? (operands[0] as Marker) : { kind, operands };
  };
  let depth = 0;
  const atom = (): Marker => {
    if (peek()?.kind === "(") {
      depth += 1;
      if (depth > 100) throw fail("too many parentheses");
      position += 1;
      const inner = or();
      if (peek()?.kind !== ")") throw fail("expected `)`");
      position += 1;
      depth -= 1;
      return inner;
    }
    const left = operand();
    const operator = peek();
    if (operator?.kind !== "operator" && operator?.text !== "in") throw fail("expected a comparison");
    position += 1;
    const right = operand();
    if (left.kind === "string" && right.kind === "string") throw fail("expected a variable on one side");
    return { kind: "compare", left, operator: operator.text.replace(/\s+/, " ") as MarkerOperator, right };
  };
  const operand = (): MarkerOperand => {
    const at = peek();
    if (at?.kind === "string") {
      position += 1;
      return { kind: "string", value: at.text.slice(1, -1) };
    }
    const name = at?.kind === "word" ? (legacyNames[at.text] ?? at.text) : undefined;
    if (name === undefined || !known.has(name)) throw fail("expected a marker variable or a quoted string");
    position += 1;
    return { kind: "variable", name: name as MarkerVariable };
  };
  const and = (): Marker => join("and", atom);
  const or = (): Marker => join("or", and);
  const marker = or();
  if (position < tokens.length) throw fail("expected `and`, `or` or the end");
  return marker;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  token.lastIndex = 0;
  let at = 0;
  while (at < end) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (!match) {
      const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
      throw invalid(text, "unexpected text", start, end);
    }
    const [whole, open, close, string, operator, notIn, word] = match;
    const body = whole.trimStart();
    const kind = open ? "(" : close ? ")" : string ? "string" : operator || notIn ? "operator" : "word";
    const length = (open ?? close ?? string ?? operator ?? notIn ?? word ?? body).length;
    tokens.push({ kind, text: body, start: token.lastIndex - length, end: token.lastIndex });
    at = token.lastIndex;
  }
  return tokens;
}

function invalid(text: string, what: string, start: number, end: number): PosyError {
  return new PosyError("invalid-marker", `\`${text.trim()}\` is not a valid environment marker: ${what}`, {
    hint: "a marker compares a variable with a text, as in `python_version < '3.12'`",
    span: { text, start, end: Math.max(end, start) },
  });
}

export function formatMarker(marker: Marker): string {
  if (marker.kind === "compare") {
    return `${formatOperand(marker.left)} ${marker.operator} ${formatOperand(marker.right)}`;
  }
  return marker.operands
    .map((operand) =>
      marker.kind === "and" && operand.kind === "or" ? `(${formatMarker(operand)})` : formatMarker(operand),
    )
    .join(` ${marker.kind} `);
}

function formatOperand(operand: MarkerOperand): string {
  if (operand.kind === "variable") return operand.name;
  return operand.value.includes('"') ? `'${operand.value}'` : `"${operand.value}"`;
}

/** Whether the marker holds; `extras` are the (normalised) extras that are asked for. */
export function evaluateMarker(
  marker: Marker,
  environment: MarkerEnvironment,
  extras: ReadonlySet<string> = new Set(),
): boolean {
  switch (marker.kind) {
    case "and":
      return marker.operands.every((operand) => evaluateMarker(operand, environment, extras));
    case "or":
      return marker.operands.some((operand) => evaluateMarker(operand, environment, extras));
    case "compare":
      return compare(marker, environment, extras);
  }
}

type Comparison = Extract<Marker, { kind: "compare" }>;

function compare(
  { left, operator, right }: Comparison,
  environment: MarkerEnvironment,
  extras: ReadonlySet<string>,
) {
  const variable = left.kind === "variable" ? left.name : right.kind === "variable" ? right.name : undefined;
  if (variable === "extra" || variable === "extras" || variable === "dependency_groups") {
    const wanted = left.kind === "string" ? left.value : right.kind === "string" ? right.value : "";
    const held = variable !== "dependency_groups" && extras.has(normalizeName(wanted));
    return operator === "!=" || operator === "not in" ? !held : held;
  }
  const value = (operand: MarkerOperand) =>
    operand.kind === "string" ? operand.value : (environment[operand.name as MarkerVariable] ?? "");
  return compareValues(value(left), operator, value(right), variable);
}

/** The variables whose values are versions, by the specification. */
const versioned = new Set<string | undefined>([
  "implementation_version",
  "platform_release",
  "python_full_version",
  "python_version",
]);

function compareValues(
  left: string,
  operator: MarkerOperator,
  right: string,
  variable: string | undefined,
): boolean {
  if (operator === "in") return right.includes(left);
  if (operator === "not in") return !right.includes(left);
  if (versioned.has(variable)) {
    // A Python built from a working copy calls itself `3.13.0+`.
    const version = tryParseVersion(left.endsWith("+") ? `${left}local` : left);
    const specifiers = version && trySpecifier(operator + right);
    if (version && specifiers) return satisfies(specifiers, version);
  }
  switch (operator) {
    case "==":
    case "===":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "~=":
      return false;
  }
}

function trySpecifier(text: string) {
  try {
    return parseSpecifierSet(text);
  } catch {
    return undefined;
  }
}

/** The names of all variables that the marker looks at. */
export function markerVariablesOf(marker: Marker): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (part: Marker): void => {
    if (part.kind !== "compare") return part.operands.forEach(visit);
    for (const operand of [part.left, part.right]) if (operand.kind === "variable") names.add(operand.name);
  };
  visit(marker);
  return names;
}
