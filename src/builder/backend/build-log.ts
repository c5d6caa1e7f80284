import { closeSync, openSync, writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import type { Reporter } from "../../report/reporter.ts";
import { asPosyError } from "../../system/fs/index.ts";

/** Where the output of a build goes, and the news that it is going on. */
export interface BuildLog {
  /** A step begins: its output is kept from here on. */
  begin(step: string): void;
  readonly write: (chunk: Buffer) => void;
  /** What the step said, or the last of it. */
  output(): string;
  close(): void;
}

export interface BuildLogOptions {
  readonly log: string;
  readonly label: string;
  readonly verbose: boolean;
  readonly reporter: Reporter;
}

/** How much of a step's output is looked at when it fails. The file has all of it. Bytes. */
const mostKept = 4 * 1024 * 1024;

/** Opens the log file for more, and tells each second that the build goes on. Throws `permission`, `no-space`, `filesystem`. */
export function openBuildLog({ log, label, verbose, reporter }: BuildLogOptions): BuildLog {
  let begun: number | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  let kept: Buffer[] = [];
  let size = 0;
  let decoder = new StringDecoder("utf8");
  let line = "";
  const fd = attempt(log, () => openSync(log, "a"));
  const tell = (finished: boolean) => {
    const now = performance.now();
    const done = Math.round((now - (begun ?? now)) / 1000);
    reporter.report({ kind: "progress", stage: "build", id: label, done, finished });
  };
  /** Whole lines only: several builds may be talking at once. */
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
        // Not before: getting together what the build needs may take longer than the build.
        begun = performance.now();
        tell(false);
        timer = setInterval(tell, 1000, false);
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
        // A full disk ends the build soon enough, and with better words than the log's.
      }
      kept.push(chunk);
      size += chunk.length;
      while (size - (kept[0]?.length ?? 0) >= mostKept) size -= kept.shift()?.length ?? 0;
      if (verbose) show(decoder.write(chunk));
    },
    output: () => Buffer.concat(kept).toString("utf8"),
    close() {
      clearInterval(timer);
      endStep();
      if (begun !== undefined) tell(true);
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
