import type { PosyEvent, Reporter } from "../../report/reporter.ts";
import type { Paint } from "./paint.ts";
import { advance, nothingYet, type ProgressState } from "./progress-state.ts";
import { type Loudness, renderNotice } from "./render-notice.ts";
import { renderProgress } from "./render-progress.ts";

export interface ConsoleReporter extends Reporter {
  /** Takes the status block away and says nothing more: before a program runs, an error is told, data is printed. */
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

/** Says each warning once; shows no progress: for a pipe, a file, a log. */
export function plainReporter(surface: Surface): ConsoleReporter {
  const said = new Set<string>();
  return {
    report(event) {
      const text = noticeOnce(event, said, surface);
      if (text !== undefined) surface.write(text);
    },
    finish() {},
  };
}

const frame = 80;
const patience = 150;

/** Draws one block and redraws it in place; notices go above it. A thing done within a moment is not shown at all. */
export function terminalReporter(surface: Surface): ConsoleReporter {
  const said = new Set<string>();
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
      const text = noticeOnce(event, said, surface);
      if (text !== undefined) {
        erase();
        surface.write(text);
      }
      if (now - begun >= patience && now - last >= frame) draw();
    },
    finish() {
      clearInterval(timer);
      if (!finished) erase();
      finished = true;
    },
  };
}

function noticeOnce(event: PosyEvent, said: Set<string>, surface: Surface): string | undefined {
  if (event.kind === "warning") {
    const key = event.key ?? event.message;
    if (said.has(key)) return undefined;
    said.add(key);
  }
  return renderNotice(event, surface);
}
