import { readFileSync, writeFileSync } from "node:fs";
import { type Column, columns, type Result } from "./result.ts";

/** Returns the results as a Markdown table. */
export function formatTable(results: readonly Result[]): string {
  const cell = (result: Result, column: Column): string => {
    const timing = result.timings[column];
    return timing === undefined ? "" : milliseconds(timing.median);
  };
  const lines = results.map((result) => {
    const cells = columns.map((column) => cell(result, column));
    return `| ${[result.what, ...cells, verdict(result)].join(" | ")} |`;
  });
  return [
    `| median wall time, ms | ${columns.join(" | ")} | posy ÷ uv |`,
    `|---|${columns.map(() => "---:|").join("")}---|`,
    ...lines,
  ].join("\n");
}

function verdict({ ratio, target, note }: Result): string {
  const held =
    ratio === undefined || target === undefined
      ? ""
      : `, target ${target}: ${ratio <= target ? "held" : "**missed**"}`;
  return `${ratio?.toFixed(ratio < 0.1 ? 3 : 2) ?? ""}${held}${note === undefined ? "" : ` (${note})`}`;
}

function milliseconds(value: number): string {
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}

/** Replaces the text between the markers of the document. */
export function replaceBetweenMarkers(path: string, text: string): void {
  const document = readFileSync(path, "utf8");
  const pattern = /(<!-- bench:begin -->\n)[\s\S]*?(<!-- bench:end -->)/;
  if (!pattern.test(document)) throw new Error(`${path} has lost its bench markers`);
  writeFileSync(
    path,
    document.replace(pattern, (_all, begin: string, end: string) => `${begin}${text}\n${end}`),
  );
}
