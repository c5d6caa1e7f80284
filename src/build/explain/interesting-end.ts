/** How many lines of a failed build are shown; the log file has them all. */
const mostLines = 25;
const widest = 300;

/** The lines of a build's output that say why it failed. */
export function interestingEnd(output: string): readonly string[] {
  const lines = output
    .split(/\r\n|\n/)
    // Progress bars draw over themselves: the last state of a line is what stays.
    .map((line) => line.slice(line.lastIndexOf("\r") + 1).trimEnd());
  while (lines.at(-1) === "") lines.pop();
  return lines.slice(-mostLines).map((line) => (line.length > widest ? `${line.slice(0, widest)}…` : line));
}
