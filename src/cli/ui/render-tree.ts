import type { TreeNode } from "../../operations/dependency-tree.ts";

/** Draws the tree with lines, as `tree`, `cargo tree` and `uv tree` do. */
export function renderTree(nodes: readonly TreeNode[], inverted: boolean): string {
  const lines: string[] = [];
  const draw = (node: TreeNode, lead: string, branch: string, rest: string) => {
    lines.push(lead + branch + labelOf(node, inverted));
    node.children.forEach((child, index) => {
      const last = index === node.children.length - 1;
      draw(child, lead + rest, last ? "└── " : "├── ", last ? "    " : "│   ");
    });
  };
  for (const node of nodes) draw(node, "", "", "");
  if (lines.some((line) => line.endsWith("(*)"))) lines.push("(*) its dependencies are shown above");
  return `${lines.join("\n")}\n`;
}

function labelOf({ name, version, asked, requested, repeated }: TreeNode, inverted: boolean): string {
  const requirement =
    asked === undefined ? "" : inverted ? ` (requires ${asked || "any"})` : asked && ` (${asked})`;
  const project = inverted && requested ? " ← the project" : "";
  return `${name} ${version}${requirement}${project}${repeated ? " (*)" : ""}`;
}
