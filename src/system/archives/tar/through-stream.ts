import { createReadStream } from "node:fs";
import { pipeline, type Transform } from "node:stream";

/** Bytes that wait to be taken before the file is read no further. */
const mostWaiting = 4 << 20;

/**
 * A file through a decompressing stream. A stream's own iterator loses what came just before an error, and `pipeline`
 * says that all is well before the last block was looked at: here everything comes out, and then the error.
 */
export async function* throughStream(path: string, decompressing: Transform): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  let waiting = 0;
  let ended = false;
  let failure: Error | undefined;
  let wake = () => {};
  const end = (error?: Error | null) => {
    failure ??= error ?? undefined;
    ended = true;
    wake();
  };
  decompressing.on("data", (chunk: Uint8Array) => {
    ready.push(chunk);
    waiting += chunk.length;
    if (waiting >= mostWaiting) decompressing.pause();
    wake();
  });
  decompressing.on("end", end).on("error", end);
  pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), decompressing, (error) => {
    if (error) end(error);
  });
  try {
    for (;;) {
      const chunk = ready.shift();
      if (chunk !== undefined) {
        waiting -= chunk.length;
        yield chunk;
      } else if (ended) break;
      else {
        decompressing.resume();
        await new Promise<void>((resolve) => (wake = resolve));
      }
    }
    if (failure !== undefined) throw failure;
  } finally {
    decompressing.destroy();
  }
}
