import { type AST, parseTOML } from "toml-eslint-parser";
import type { SchemaPath } from "./schema-error.ts";

/** The line, from 1, on which the value of a key stands, or what of its way there is in the text; undefined where nothing is. */
export function lineOfKey(text: string, path: SchemaPath): number | undefined {
  if (path.length === 0) return 1;
  let best: { readonly line: number; readonly depth: number } | undefined;
  const reach = (node: AST.TOMLNode, at: SchemaPath): void => {
    if (at.length > path.length || at.some((part, index) => part !== path[index])) return;
    if (best === undefined || at.length > best.depth) best = { line: node.loc.start.line, depth: at.length };
    visit(node, at);
  };
  const visit = (node: AST.TOMLNode, at: SchemaPath): void => {
    switch (node.type) {
      case "TOMLArray":
        node.elements.forEach((element, index) => reach(element, [...at, index]));
        break;
      case "TOMLKeyValue":
        visit(node.value, at);
        break;
      case "TOMLTopLevelTable":
      case "TOMLInlineTable":
      case "TOMLTable":
        for (const child of node.body) {
          const key = child.type === "TOMLTable" ? child.resolvedKey : [...at, ...child.key.keys.map(nameOf)];
          reach(child, key);
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
