import type { AST } from "toml-eslint-parser";

/** Where a value stands: offsets into the text, `end` exclusive. */
export interface TomlLocation {
  /** The key that names it, or the header of its table. */
  key?: readonly [start: number, end: number];
  /** Missing for what is only made by headers and dotted keys. */
  value?: readonly [start: number, end: number];
  /** An array, an inline table, a text: missing as `value` is. */
  node?: AST.TOMLContentNode;
  /** The header of its table, where it has one. */
  table?: AST.TOMLTable;
  readonly children: Map<string | number, TomlLocation>;
}

/** All values of a document, by their keys. */
export function locateKeys(program: AST.TOMLProgram): TomlLocation {
  const root: TomlLocation = { children: new Map() };
  for (const item of program.body[0].body) {
    if (item.type === "TOMLKeyValue") addPair(root, item);
    else addTable(root, item);
  }
  return root;
}

function addTable(root: TomlLocation, table: AST.TOMLTable): void {
  const spot = descend(root, table.resolvedKey, table.key.range);
  spot.key = table.key.range;
  spot.table = table;
  for (const pair of table.body) addPair(spot, pair);
}

function addPair(parent: TomlLocation, { key, value }: AST.TOMLKeyValue): void {
  const names = key.keys.map((each) => (each.type === "TOMLBare" ? each.name : each.value));
  const spot = descend(parent, names, key.range);
  spot.key = key.range;
  addValue(spot, value);
}

function addValue(spot: TomlLocation, node: AST.TOMLContentNode): void {
  spot.value = node.range;
  spot.node = node;
  if (node.type === "TOMLInlineTable") for (const pair of node.body) addPair(spot, pair);
  if (node.type === "TOMLArray") {
    for (const [index, element] of node.elements.entries()) {
      const child: TomlLocation = { children: new Map() };
      spot.children.set(index, child);
      addValue(child, element);
    }
  }
}

function descend(
  from: TomlLocation,
  names: readonly (string | number)[],
  range: readonly [number, number],
): TomlLocation {
  let spot = from;
  for (const name of names) {
    let child = spot.children.get(name);
    if (child === undefined) {
      child = { key: range, children: new Map() };
      spot.children.set(name, child);
    }
    spot = child;
  }
  return spot;
}
