import type { TreeNode } from "../../operations/dependency-tree.ts";

/** A tree with the lines that people know from `tree`, `cargo tree` and `uv tree`. */
export function renderTree(nodes: readonly TreeNode[], inverted: boolean): string {
  const lines: string[] = [];
  const draw = (node: TreeNode, lead: string, branch: string, rest: string) => {
    lines.push(lead + branch + labelOf(node, inverted));
    node.children.forEach((child, at) => {
      const last = at === node.children.length - 1;
      draw(child, lead + rest, last ? "└── " : "├── ", last ? "    " : "│   ");
    });
  };
  for (const node of nodes) draw(node, "", "", "");
  if (lines.some((line) => line.endsWith("(*)"))) lines.push("(*) is shown above with what is below it");
  return `${lines.join("\n")}\n`;
}

function labelOf({ name, version, asked, requested, repeated }: TreeNode, inverted: boolean): string {
  const wants = asked === undefined ? "" : inverted ? ` (wants ${asked || "any"})` : asked && ` (${asked})`;
  const project = inverted && requested ? " ← the project" : "";
  return `${name} ${version}${wants}${project}${repeated ? " (*)" : ""}`;
}
