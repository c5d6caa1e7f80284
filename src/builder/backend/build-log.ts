import { closeSync, openSync, writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import type { Reporter } from "../../report/reporter.ts";
import { asPosyError } from "../../system/fs/index.ts";

/** Writes the output of a build to its log file, and reports that the build is running. */
export interface BuildLog {
  /** Begins a step. From here on its output is kept. */
  begin(step: string): void;
  readonly write: (chunk: Buffer) => void;
  /** Returns the output of the step, or the last part of it. */
  output(): string;
  close(): void;
}

export interface BuildLogOptions {
  readonly log: string;
  readonly label: string;
  readonly verbose: boolean;
  readonly reporter: Reporter;
}

/** In bytes. The part of a step's output that is read when it fails. The file has all of it. */
const maxKeptBytes = 4 * 1024 * 1024;

/**
 * Opens the log file for appending, and reports every second that the build is running. Throws `permission`,
 * `no-space`, `filesystem`.
 */
export function openBuildLog({ log, label, verbose, reporter }: BuildLogOptions): BuildLog {
  let begun: number | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  let kept: Buffer[] = [];
  let size = 0;
  let decoder = new StringDecoder("utf8");
  let line = "";
  const fd = attempt(log, () => openSync(log, "a"));
  const reportProgress = (finished: boolean) => {
    const now = performance.now();
    const done = Math.round((now - (begun ?? now)) / 1000);
    reporter.report({ kind: "progress", stage: "build", id: label, done, finished });
  };
  /** Reports whole lines only, since several builds may print at the same time. */
  const show = (text: string) => {
    line += text;
    const end = line.lastIndexOf("\n") + 1;
    if (end > 0) reporter.report({ kind: "output", id: label, text: line.slice(0, end) });
    line = line.slice(end);
  };
  const endStep = () => {
    if (verbose) show(decoder.end());
    if (line !== "") show("\n");
  };
  return {
    begin(step) {
      endStep();
      if (begun === undefined) {
        // The time counts from the first step. Resolving and installing the build requirements may take longer.
        begun = performance.now();
        reportProgress(false);
        timer = setInterval(reportProgress, 1000, false);
      }
      decoder = new StringDecoder("utf8");
      kept = [];
      size = 0;
      attempt(log, () => writeSync(fd, `--- ${label}: ${step}\n`));
    },
    write(chunk) {
      try {
        writeSync(fd, chunk);
      } catch {
        // A full disk makes the build fail soon, with a better message.
      }
      kept.push(chunk);
      size += chunk.length;
      while (size - (kept[0]?.length ?? 0) >= maxKeptBytes) size -= kept.shift()?.length ?? 0;
      if (verbose) show(decoder.write(chunk));
    },
    output: () => Buffer.concat(kept).toString("utf8"),
    close() {
      clearInterval(timer);
      endStep();
      if (begun !== undefined) reportProgress(true);
      closeSync(fd);
    },
  };
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw asPosyError(error, `writing \`${path}\``);
  }
}
