import type { AST } from "toml-eslint-parser";

/** Where a value is in the text: offsets, `end` exclusive. */
export interface TomlLocation {
  /** The key of the value, or the header of its table. */
  key?: readonly [start: number, end: number];
  /** Missing for a table that only headers and dotted keys make. */
  value?: readonly [start: number, end: number];
  /** An array, an inline table or a text. Missing if `value` is. */
  node?: AST.TOMLContentNode;
  /** The table with its header, if it has one. */
  table?: AST.TOMLTable;
  readonly children: Map<string | number, TomlLocation>;
}

/** Returns the locations of all values of a document, as a tree by keys. */
export function locateKeys(program: AST.TOMLProgram): TomlLocation {
  const root: TomlLocation = { children: new Map() };
  for (const item of program.body[0].body) {
    if (item.type === "TOMLKeyValue") addPair(root, item);
    else addTable(root, item);
  }
  return root;
}

function addTable(root: TomlLocation, table: AST.TOMLTable): void {
  const location = descend(root, table.resolvedKey, table.key.range);
  location.key = table.key.range;
  location.table = table;
  for (const pair of table.body) addPair(location, pair);
}

function addPair(parent: TomlLocation, { key, value }: AST.TOMLKeyValue): void {
  const names = key.keys.map((each) => (each.type === "TOMLBare" ? each.name : each.value));
  const location = descend(parent, names, key.range);
  location.key = key.range;
  addValue(location, value);
}

function addValue(location: TomlLocation, node: AST.TOMLContentNode): void {
  location.value = node.range;
  location.node = node;
  if (node.type === "TOMLInlineTable") for (const pair of node.body) addPair(location, pair);
  if (node.type === "TOMLArray") {
    for (const [index, element] of node.elements.entries()) {
      const child: TomlLocation = { children: new Map() };
      location.children.set(index, child);
      addValue(child, element);
    }
  }
}

/** Returns the location under these names. Makes the missing ones, with `range` as their key. */
function descend(
  from: TomlLocation,
  names: readonly (string | number)[],
  range: readonly [number, number],
): TomlLocation {
  let location = from;
  for (const name of names) {
    let child = location.children.get(name);
    if (child === undefined) {
      child = { key: range, children: new Map() };
      location.children.set(name, child);
    }
    location = child;
  }
  return location;
}
