import { writeSync } from "node:fs";
import { redact } from "../../errors/redact.ts";
import { asPosyError, errnoOf } from "../../system/fs/files.ts";

/**
 * Data: standard output. Nobody reading it any more is the end of the program, as it is for every other. Throws
 * `no-space` and its like: a file with half the data must not look like success.
 */
export function writeOut(text: string): void {
  const error = writeAll(1, text);
  if (errnoOf(error) === "EPIPE") process.exit(141);
  if (error !== undefined) throw asPosyError(error, "writing to standard output");
}

/** Everything else: standard error, without logins and tokens whoever wrote it. Where even that can't be written there is nobody to tell. */
export function writeError(text: string): void {
  writeAll(2, redact(text));
}

/** Written at once and in order: `process.stdout` would load streams, and lose what isn't flushed at an exit. Gives what failed. */
function writeAll(descriptor: 1 | 2, text: string): unknown {
  const bytes = Buffer.from(text);
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      const code = errnoOf(error);
      if (code === "EAGAIN") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      else if (code !== "EINTR") return error;
    }
  }
  return undefined;
}
