import type { Reporter } from "../../../report/reporter.ts";
import type { Paint } from "./paint.ts";
import { advance, nothingYet, type ProgressState } from "./progress-state.ts";
import { openNotices } from "./notices.ts";
import type { Loudness } from "./render-notice.ts";
import { renderProgress } from "./render-progress.ts";

export interface ConsoleReporter extends Reporter {
  /** Erases the status block and ends all output: call it before a program runs, an error or data is printed. */
  finish(): void;
}

/** Where a reporter writes. */
export interface Surface {
  readonly paint: Paint;
  readonly loudness: Loudness;
  write(text: string): void;
  now(): number;
  width(): number;
}

/** Prints each warning once and no progress: for a pipe, a file or a log. */
export function plainReporter(surface: Surface): ConsoleReporter {
  const notices = openNotices(surface);
  return {
    report(event) {
      const text = notices.textOf(event);
      if (text !== undefined) surface.write(text);
    },
    finish() {
      const rest = notices.rest();
      if (rest !== "") surface.write(rest);
    },
  };
}

/** Milliseconds between two drawings, and before the first. */
const frame = 80;
const patience = 150;

/** Draws a status block and redraws it in place, with notices above it. Work of less than `patience` is not shown. */
export function terminalReporter(surface: Surface): ConsoleReporter {
  const notices = openNotices(surface);
  const begun = surface.now();
  let state: ProgressState = nothingYet;
  let drawn = 0;
  let last = 0;
  let finished = false;

  const erase = () => {
    if (drawn > 0) surface.write(`\u001b[${drawn}A\r\u001b[J`);
    drawn = 0;
  };
  const draw = () => {
    const now = surface.now();
    const lines = renderProgress(state, { now, width: surface.width(), paint: surface.paint });
    last = now;
    if (lines.length === 0 && drawn === 0) return;
    const up = drawn > 0 ? `\u001b[${drawn}A\r\u001b[J` : "";
    surface.write(up + lines.map((line) => `${line}\n`).join(""));
    drawn = lines.length;
  };
  const timer = setInterval(() => {
    if (!finished && surface.now() - begun >= patience) draw();
  }, frame);
  timer.unref();
  return {
    report(event) {
      if (finished) return;
      const now = surface.now();
      state = advance(state, event, now);
      const text = notices.textOf(event);
      if (text !== undefined) {
        erase();
        surface.write(text);
      }
      if (now - begun >= patience && now - last >= frame) draw();
    },
    finish() {
      clearInterval(timer);
      if (finished) return;
      erase();
      finished = true;
      const rest = notices.rest();
      if (rest !== "") surface.write(rest);
    },
  };
}
