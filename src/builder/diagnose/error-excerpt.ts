/** How many lines of a failed build are shown; the log file has them all. */
const mostLines = 25;
/** Of what came before a traceback and is no error itself. */
const fewLines = 5;
const widest = 240;
/** Of a traceback: its last frames and what was raised. */
const tracebackLines = 9;
/** How far from the end errors are looked for: a build that goes on for thousands of lines after one survived it. */
const reach = 400;

const tracebackHead = "Traceback (most recent call last):";
const errorLine =
  /(?:^|[\s:'"([])(?:fatal error|error|Error|ERROR)(?:\[\w+\])?(?::|!|\s+C\d+:)|^FAILED:|^CMake Error|undefined reference to|cannot find -l|command not found|: not found$|No such file or directory$|\*\*\* \[/;
const compilation =
  /^(?:\[\d+\/\d+\] )?(?:\S*\/)?(?:[\w-]*(?:gcc|g\+\+|clang|clang\+\+|cc|c\+\+)(?:-[\d.]+)?|cl\.exe)\s.*\s[-/]c\s/;

/**
 * The lines of a build's output that say why it failed: the first errors of the last compilation, or whatever came
 * last, then the end of the last traceback. `…` stands for what is left out.
 */
export function errorExcerpt(output: string): readonly string[] {
  const lines = output
    .split(/\r\n|\n/)
    // Progress bars draw over themselves: the last state of a line is what stays.
    .map((line) => line.slice(line.lastIndexOf("\r") + 1).trimEnd());
  const { rest, traceback } = withoutTracebacks(lines);
  const errors = errorsOf(rest, mostLines - traceback.length, traceback.length > 0 ? fewLines : mostLines);
  const between = errors.length > 0 && traceback.length > 0 ? [""] : [];
  return [...errors, ...between, ...traceback].map((line) =>
    line.length > widest ? `${line.slice(0, widest)}…` : line,
  );
}

/** Tracebacks follow from one another ("During handling …"); the last is the one that ended the build. */
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
    // What was raised may have lines, up to the next thing that is printed; that can't be told apart.
    const last = lines.indexOf(tracebackHead, end) === -1 ? Math.min(lines.length, end + 8) : end + 1;
    traceback = shortened(trimmed(lines.slice(at + 1, end)), trimmed(lines.slice(end, last)));
    at = last;
  }
  return { rest: trimmed(rest), traceback };
}

function shortened(frames: readonly string[], raised: readonly string[]): readonly string[] {
  // Neither the marks under a line of code nor the import system's own frames say anything here.
  const plain = frames
    .filter((line) => !/^\s*[\^~]+\s*$|^ {2}File "<frozen importlib/.test(line))
    .map((line) => line.replace(/^( {2}File ")[^"]*\/(?:site-packages|python3\.\d+t?)\//, "$1…/"));
  const shown = plain.slice(-Math.max(4, tracebackLines - raised.length));
  return [tracebackHead, ...(shown.length < plain.length ? ["  …"] : []), ...shown, ...raised];
}

function errorsOf(lines: readonly string[], budget: number, otherwise: number): readonly string[] {
  const begin = Math.max(0, lines.length - reach);
  const failed = lines.findIndex((line, at) => at >= begin && line.startsWith("FAILED:"));
  const compiled = lines.findLastIndex((line, at) => at >= begin && compilation.test(line));
  const anchor = failed !== -1 ? failed : Math.max(begin, compiled + 1);
  const found = lines.flatMap((line, at) => (at >= anchor && errorLine.test(line) ? [at] : []));
  if (found.length === 0) return trimmed(lines.slice(-Math.min(budget, otherwise)));
  const shown = new Set<number>();
  for (const at of found) {
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
