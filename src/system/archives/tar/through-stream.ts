import { createReadStream } from "node:fs";
import { pipeline, type Transform } from "node:stream";

/** The file is not read further while this many bytes wait to be taken. */
const mostWaiting = 4 << 20;

/**
 * Returns a file's bytes after a decompressing stream. The iterator of a stream loses what came just before
 * an error, and `pipeline` reports success before the last block was checked: here all output is returned
 * first, and then the error is thrown.
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
