import ts from "typescript";

/** A small fault in a source file: the text from `start` to `end` is replaced. */
export interface Fault {
  /** The path from the root, with forward slashes. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** The line of the fault, from 1. */
  readonly line: number;
  /** The text of that line, without the space around it. */
  readonly lineText: string;
  /** The fault in words: "`<` → `<=`". */
  readonly what: string;
}

const comparisons: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
};
const arithmetic: Readonly<Record<string, string>> = { "+": "-", "-": "+", "*": "/", "/": "*" };
/** Calls that are left out: `list.sort(order)` → `list`. */
const omittedCalls = new Set(["sort", "toSorted", "reverse", "toReversed", "filter", "slice"]);
const swappedCalls: Readonly<Record<string, string>> = {
  some: "every",
  every: "some",
  startsWith: "endsWith",
  endsWith: "startsWith",
  min: "max",
  max: "min",
};

/**
 * Returns the faults that can be made in a source file, in the order of the text: a flipped comparison, a dropped or
 * constant condition, a swapped boolean, a number that is off by one, a missing `await`, a removed statement, a call of
 * a list that is left out or replaced by its opposite. Types, imports and texts are not changed.
 */
export function faultsOf(file: string, text: string): readonly Fault[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const lines = text.split("\n");
  const faults: Fault[] = [];
  const add = (node: { getStart(): number; end: number }, replacement: string, what?: string) => {
    const start = node.getStart();
    const line = source.getLineAndCharacterOfPosition(start).line;
    const lineText = (lines[line] ?? "").trim();
    const shown = what ?? `\`${short(text.slice(start, node.end))}\` → \`${short(replacement)}\``;
    faults.push({ file, start, end: node.end, replacement, line: line + 1, lineText, what: shown });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    addFaults(node, add);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return faults.sort((one, other) => one.start - other.start || one.end - other.end);
}

type Add = (node: ts.Node, replacement: string, what?: string) => void;

function addFaults(node: ts.Node, add: Add): void {
  if (ts.isBinaryExpression(node)) addOperator(node, add);
  else if (ts.isPrefixUnaryExpression(node)) {
    if (node.operator === ts.SyntaxKind.ExclamationToken) add(node, node.operand.getText());
  } else if (ts.isIfStatement(node)) addCondition(node.expression, add);
  else if (ts.isConditionalExpression(node)) addCondition(node.condition, add);
  else if (ts.isWhileStatement(node)) addConstant(node.expression, "false", add);
  else if (node.kind === ts.SyntaxKind.TrueKeyword) addBoolean(node, "false", add);
  else if (node.kind === ts.SyntaxKind.FalseKeyword) addBoolean(node, "true", add);
  else if (ts.isNumericLiteral(node)) addNumber(node, add);
  else if (ts.isAwaitExpression(node)) {
    if (!isReturnedOutsideTry(node))
      add(node, node.expression.getText(), `missing \`await\` of \`${short(node.expression.getText())}\``);
  } else if (ts.isExpressionStatement(node) || ts.isThrowStatement(node) || ts.isContinueStatement(node)) {
    add(node, ";", `removed \`${short(node.getText())}\``);
  } else if (ts.isReturnStatement(node) && node.expression === undefined) {
    add(node, ";", "removed `return;`");
  } else if (ts.isCallExpression(node)) addCall(node, add);
}

function addOperator(node: ts.BinaryExpression, add: Add): void {
  const operator = node.operatorToken.getText();
  const replacement = comparisons[operator] ?? arithmetic[operator];
  if (replacement !== undefined && !isConditionOfOrder(node))
    add(
      node.operatorToken,
      replacement,
      `\`${operator}\` → \`${replacement}\` in \`${short(node.getText())}\``,
    );
  if (operator === "&&" || operator === "||") {
    for (const kept of [node.left, node.right]) add(node, kept.getText());
  }
  // The right side of `??` often exists for the type only. So only the fault with the default alone can be noticed.
  if (operator === "??") add(node, node.right.getText());
}

/** Adds a condition that is always true, and one that is always false. */
function addCondition(condition: ts.Expression, add: Add): void {
  addConstant(condition, "true", add);
  addConstant(condition, "false", add);
}

function addConstant(condition: ts.Expression, value: "true" | "false", add: Add): void {
  const { kind } = condition;
  if (kind === ts.SyntaxKind.TrueKeyword || kind === ts.SyntaxKind.FalseKeyword) return;
  add(condition, value, `condition \`${short(condition.getText())}\` → \`${value}\``);
}

function addBoolean(node: ts.Node, value: string, add: Add): void {
  if (!ts.isLiteralTypeNode(node.parent))
    add(node, value, `\`${node.getText()}\` → \`${value}\` in \`${short(node.parent.getText())}\``);
}

function addNumber(node: ts.NumericLiteral, add: Add): void {
  if (ts.isLiteralTypeNode(node.parent) || ts.isPropertyAssignment(node.parent.parent ?? node)) return;
  if (ts.isPropertyAssignment(node.parent) && node.parent.name === node) return;
  const value = Number(node.text);
  if (!Number.isSafeInteger(value) || value >= largestCount || isOrder(node) || isInPower(node)) return;
  add(
    node,
    String(value + 1),
    `\`${node.getText()}\` → \`${value + 1}\` in \`${short(node.parent.getText())}\``,
  );
}

/** Nobody notices one more or less of a limit of thousands of bytes or milliseconds. */
const largestCount = 1000;

/** Whether a number is in `a < b ? -1 : 1`, of which only the signs count. */
function isOrder(node: ts.NumericLiteral): boolean {
  return isChoiceOfOrder(ts.isPrefixUnaryExpression(node.parent) ? node.parent.parent : node.parent);
}

/** Whether a comparison is the condition of `a < b ? -1 : 1`. Such an order does not say where equal items come. */
function isConditionOfOrder(node: ts.BinaryExpression): boolean {
  return isChoiceOfOrder(node.parent) && node.parent.condition === node;
}

function isChoiceOfOrder(node: ts.Node): node is ts.ConditionalExpression {
  return (
    ts.isConditionalExpression(node) &&
    /^-?1$/.test(node.whenTrue.getText()) &&
    /^-?1$/.test(node.whenFalse.getText())
  );
}

/** Whether a number is in `2 ** 20` or `1 << 20`, which are limits of bytes. */
function isInPower({ parent }: ts.NumericLiteral): boolean {
  if (!ts.isBinaryExpression(parent)) return false;
  const { kind } = parent.operatorToken;
  return kind === ts.SyntaxKind.AsteriskAsteriskToken || kind === ts.SyntaxKind.LessThanLessThanToken;
}

function addCall(node: ts.CallExpression, add: Add): void {
  if (!ts.isPropertyAccessExpression(node.expression)) return;
  const { name, expression } = node.expression;
  const swapped = Object.hasOwn(swappedCalls, name.text) ? swappedCalls[name.text] : undefined;
  if (swapped !== undefined)
    add(name, swapped, `\`${name.text}\` → \`${swapped}\` in \`${short(node.getText())}\``);
  if (omittedCalls.has(name.text))
    add(node, expression.getText(), `without \`.${name.text}(…)\`: \`${short(node.getText())}\``);
}

/** Whether `return await x` could as well be `return x`: no `try` and no `using` waits for it in this function. */
function isReturnedOutsideTry(node: ts.AwaitExpression): boolean {
  if (ts.isArrowFunction(node.parent)) return true;
  if (!ts.isReturnStatement(node.parent)) return false;
  for (let current: ts.Node = node.parent; !ts.isFunctionLike(current); current = current.parent) {
    if (ts.isTryStatement(current) || ts.isSourceFile(current)) return false;
    if (
      ts.isBlock(current) &&
      current.statements.some((statement) => /^(await )?using\b/.test(statement.getText()))
    )
      return false;
  }
  return true;
}

/** Returns a text on one line, cut to 70 characters. */
function short(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 70 ? `${line.slice(0, 67)}…` : line;
}

/** Returns the text of the file with the fault. */
export function withFault(text: string, { start, end, replacement }: Fault): string {
  return `${text.slice(0, start)}${replacement}${text.slice(end)}`;
}
