/** The table of a matrix: one line per Python, with how the command ended. */
export function renderMatrix(rows: readonly { readonly python: string; readonly status: number }[]): string {
  const width = Math.max(6, ...rows.map(({ python }) => python.length));
  const lines = rows.map(
    ({ python, status }) => `${python.padEnd(width)}  ${status === 0 ? "passed" : `failed (${status})`}\n`,
  );
  return `\n${"Python".padEnd(width)}  outcome\n${lines.join("")}`;
}
