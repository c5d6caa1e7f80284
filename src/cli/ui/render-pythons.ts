import type { Interpreter } from "../../pythons/interpreter.ts";
import type { ListedPython } from "../../pythons/list-pythons.ts";
import { formatSize } from "./format-size.ts";

const said = { "in-forest": "here", available: "to fetch", system: "of the system" } as const;

/** A line for each, in columns: what it is, its platform, where it is, what it lacks. */
export function renderPythons(pythons: readonly ListedPython[]): string {
  if (pythons.length === 0) return "";
  const rows = pythons.map(({ interpreter, state, runsHere }) => [
    `${interpreter.implementation} ${interpreter.version}${interpreter.freeThreaded ? "t" : ""}`,
    interpreter.platform,
    said[state],
    placeOf(interpreter, state),
    [
      ...(runsHere ? [] : ["not for this machine"]),
      ...(interpreter.lacks.length > 0 ? [`without ${interpreter.lacks.join(", ")}`] : []),
    ].join("; "),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

function placeOf({ source }: Interpreter, state: ListedPython["state"]): string {
  if (source.kind === "adopted") return source.executable;
  return state === "available" && "size" in source && source.size !== undefined
    ? formatSize(source.size)
    : "";
}
