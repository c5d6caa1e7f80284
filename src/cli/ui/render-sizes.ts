import { formatSize } from "./format-size.ts";

export interface SizeRow {
  readonly name: string;
  readonly entries: number;
  readonly bytes: number;
}

/** One line per part, and their sum. */
export function renderSizes(rows: readonly SizeRow[]): string {
  const total = {
    name: "total",
    entries: rows.reduce((sum, { entries }) => sum + entries, 0),
    bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
  };
  return [...rows, total]
    .map(
      ({ name, entries, bytes }) =>
        `${name.padEnd(12)}${String(entries).padStart(7)}  ${formatSize(bytes).padStart(9)}\n`,
    )
    .join("");
}
