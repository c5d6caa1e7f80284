import { type AST, parseTOML } from "toml-eslint-parser";
import type { SchemaPath } from "./schema-error.ts";

/**
 * Returns the line (from 1) of a key's value. If the text does not have the key, it is the line of its nearest parent.
 * Undefined if it has none of them.
 */
export function lineOfKey(text: string, path: SchemaPath): number | undefined {
  if (path.length === 0) return 1;
  let best: { readonly line: number; readonly depth: number } | undefined;
  const consider = (node: AST.TOMLNode, nodePath: SchemaPath): void => {
    if (nodePath.length > path.length || nodePath.some((part, index) => part !== path[index])) return;
    if (best === undefined || nodePath.length > best.depth) {
      best = { line: node.loc.start.line, depth: nodePath.length };
    }
    visit(node, nodePath);
  };
  const visit = (node: AST.TOMLNode, nodePath: SchemaPath): void => {
    switch (node.type) {
      case "TOMLArray":
        node.elements.forEach((element, index) => consider(element, [...nodePath, index]));
        break;
      case "TOMLKeyValue":
        visit(node.value, nodePath);
        break;
      case "TOMLTopLevelTable":
      case "TOMLInlineTable":
      case "TOMLTable":
        for (const child of node.body) {
          const names = child.type === "TOMLTable" ? [] : child.key.keys.map(nameOf);
          consider(child, child.type === "TOMLTable" ? child.resolvedKey : [...nodePath, ...names]);
        }
        break;
      default:
    }
  };
  visit(parseTOML(text).body[0], []);
  return (best as { readonly line: number } | undefined)?.line;
}

function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === "TOMLBare" ? key.name : key.value;
}
