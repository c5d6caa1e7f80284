import { writeSync } from "node:fs";
import { errnoOf } from "../../system/files.ts";

/** Data: standard output. Nobody reading it any more is the end of the program, as it is for every other. */
export function writeOut(text: string): void {
  if (!writeAll(1, text)) process.exit(141);
}

/** Everything else: standard error. */
export function writeError(text: string): void {
  writeAll(2, text);
}

/** Written at once and in order: `process.stdout` would load streams, and lose what isn't flushed at an exit. */
function writeAll(descriptor: 1 | 2, text: string): boolean {
  const bytes = Buffer.from(text);
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      const code = errnoOf(error);
      if (code === "EAGAIN") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      else if (code !== "EINTR") return false;
    }
  }
  return true;
}
