/** Chunks are of 16 MiB, unpacked. */
const largestChunk = 2 ** 26;

/**
 * Reads `pbzx`, in which Apple's installers have payloads: `pbzx`, u64 size of chunks, and then to the end for each u64
 * its size, u64 length, and an xz stream or, where it would have been longer, the bytes themselves. Throws an Error for what
 * is damaged. `admit` is told of the bytes that come out.
 */
export async function* readPbzx(bytes: Buffer, admit: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for (let at = 12; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64BE(at + 8));
    at += 16;
    if (length > largestChunk || at + length > bytes.length) throw new Error("a chunk has no honest length");
    const chunk = bytes.subarray(at, at + length);
    at += length;
    if (chunk.subarray(0, 6).toString("latin1") === "\xfd7zXZ\0") yield* unpacked(chunk, admit);
    else {
      admit(chunk.length);
      yield chunk;
    }
  }
}

async function* unpacked(chunk: Buffer, admit: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const { XzReadableStream } = (await import("xz-decompress")).default;
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(chunk);
      controller.close();
    },
  });
  for await (const part of new XzReadableStream(source) as unknown as AsyncIterable<Uint8Array>) {
    admit(part.length);
    yield part;
  }
}
