import { writeSync } from "node:fs";
import { redact } from "../../../errors/redact.ts";
import { asPosyError, errnoOf } from "../../../system/fs/file-error.ts";

/**
 * Writes data to standard output. If the reader has closed the pipe, the program ends with status 141, like any other.
 * Throws `no-space` and similar codes: a file with half the data must not look like success.
 */
export function writeOut(text: string): void {
  const error = writeAll(1, text);
  if (errnoOf(error) === "EPIPE") process.exit(141);
  if (error !== undefined) throw asPosyError(error, "writing to standard output");
}

/**
 * Writes everything else to standard error, without logins and tokens. Failures are ignored: nothing could report them.
 */
export function writeError(text: string): void {
  writeAll(2, redact(text));
}

/**
 * Writes synchronously and in order, and returns the error if it failed. `process.stdout` would load streams and lose
 * what is not flushed at an exit.
 */
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
