/** The number of lines of a failed build that are shown. The log file has all of them. */
const maxLines = 25;
/** If no line before a traceback is an error, Posy shows this many of these lines. */
const contextLines = 5;
/** In characters. */
const maxLineLength = 240;
/** The number of lines of a traceback that are shown: its last frames and the exception. */
const tracebackLines = 9;
/** The number of last lines that are searched for errors. A build that printed more after an error survived it. */
const searchedLines = 400;

const tracebackHead = "Traceback (most recent call last):";
const errorLine =
  /(?:^|[\s:'"([])(?:fatal error|error|Error|ERROR)(?:\[\w+\])?(?::|!|\s+C\d+:)|^FAILED:|^CMake Error|undefined reference to|cannot find -l|command not found|: not found$|No such file or directory$|\*\*\* \[/;
const compilation =
  /^(?:\[\d+\/\d+\] )?(?:\S*\/)?(?:[\w-]*(?:gcc|g\+\+|clang|clang\+\+|cc|c\+\+)(?:-[\d.]+)?|cl\.exe)\s.*\s[-/]c\s/;

/**
 * Returns the lines of a build's output that say why it failed: the first errors of the last compilation, or else the
 * last lines, then the end of the last traceback. `…` stands for omitted lines.
 */
export function errorExcerpt(output: string): readonly string[] {
  const lines = output
    .split(/\r\n|\n/)
    // Progress bars overwrite their line. Only its last state is kept.
    .map((line) => line.slice(line.lastIndexOf("\r") + 1).trimEnd());
  const { rest, traceback } = withoutTracebacks(lines);
  const errors = errorsOf(rest, maxLines - traceback.length, traceback.length > 0 ? contextLines : maxLines);
  const between = errors.length > 0 && traceback.length > 0 ? [""] : [];
  return [...errors, ...between, ...traceback].map((line) =>
    line.length > maxLineLength ? `${line.slice(0, maxLineLength)}…` : line,
  );
}

/** Separates tracebacks from other lines. Of chained tracebacks ("During handling …") the last ended the build. */
function withoutTracebacks(lines: readonly string[]) {
  const rest: string[] = [];
  let traceback: readonly string[] = [];
  for (let at = 0; at < lines.length; ) {
    if (lines[at] !== tracebackHead) {
      const line = lines[at] ?? "";
      if (!/^(?:During handling of|The above exception was)/.test(line)) rest.push(line);
      at += 1;
      continue;
    }
    let end = at + 1;
    while (end < lines.length && /^\s/.test(lines[end] ?? "")) end += 1;
    // An exception may have several lines. Nothing marks where it ends, so a few are taken.
    const last = lines.indexOf(tracebackHead, end) === -1 ? Math.min(lines.length, end + 8) : end + 1;
    traceback = shortened(trimmed(lines.slice(at + 1, end)), trimmed(lines.slice(end, last)));
    at = last;
  }
  return { rest: trimmed(rest), traceback };
}

function shortened(frames: readonly string[], raised: readonly string[]): readonly string[] {
  // The marks under a line of code and the frames of the import system are left out.
  const plain = frames
    .filter((line) => !/^\s*[\^~]+\s*$|^ {2}File "<frozen importlib/.test(line))
    .map((line) => line.replace(/^( {2}File ")[^"]*\/(?:site-packages|python3\.\d+t?)\//, "$1…/"));
  const shown = plain.slice(-Math.max(4, tracebackLines - raised.length));
  return [tracebackHead, ...(shown.length < plain.length ? ["  …"] : []), ...shown, ...raised];
}

function errorsOf(lines: readonly string[], budget: number, otherwise: number): readonly string[] {
  const begin = Math.max(0, lines.length - searchedLines);
  const failed = lines.findIndex((line, at) => at >= begin && line.startsWith("FAILED:"));
  const compiled = lines.findLastIndex((line, at) => at >= begin && compilation.test(line));
  const anchor = failed !== -1 ? failed : Math.max(begin, compiled + 1);
  const errorLines = lines.flatMap((line, at) => (at >= anchor && errorLine.test(line) ? [at] : []));
  if (errorLines.length === 0) return trimmed(lines.slice(-Math.min(budget, otherwise)));
  const shown = new Set<number>();
  for (const at of errorLines) {
    for (let near = at - 1; near <= at + 5 && shown.size < budget; near += 1) {
      const line = lines[near];
      if (near >= anchor && line !== undefined && !compilation.test(line)) shown.add(near);
    }
  }
  const order = [...shown].sort((a, b) => a - b);
  return trimmed(
    order.flatMap((at, index) => {
      const before = order[index - 1];
      return before !== undefined && before !== at - 1 ? ["…", lines[at] ?? ""] : [lines[at] ?? ""];
    }),
  );
}

function trimmed(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line !== "");
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex((line) => line !== "") + 1);
}
