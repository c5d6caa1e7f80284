export interface ChunkReader {
  /** Returns exactly `count` bytes. */
  take(count: number): Promise<Buffer>;
  skip(count: number): Promise<void>;
}

/**
 * Reads given numbers of bytes from a stream of chunks. Calls `cutOff`, which throws, if the stream ends too
 * early.
 */
export function chunkReader(chunks: AsyncIterable<Uint8Array>, cutOff: () => never): ChunkReader {
  const iterator = chunks[Symbol.asyncIterator]();
  let current: Uint8Array = new Uint8Array();
  const more = async (): Promise<void> => {
    while (current.length === 0) {
      const next = await iterator.next();
      if (next.done) cutOff();
      current = next.value as Uint8Array;
    }
  };
  return {
    async take(count) {
      const parts: Uint8Array[] = [];
      for (let left = count; left > 0; ) {
        await more();
        const part = current.subarray(0, left);
        parts.push(part);
        current = current.subarray(part.length);
        left -= part.length;
      }
      return Buffer.concat(parts);
    },
    async skip(count) {
      for (let left = count; left > 0; ) {
        await more();
        const step = Math.min(left, current.length);
        current = current.subarray(step);
        left -= step;
      }
    },
  };
}
