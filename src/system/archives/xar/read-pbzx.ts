/** The maximum length of a chunk, in bytes. Apple's tools write chunks of 16 MiB, unpacked. */
const largestChunk = 2 ** 26;

/**
 * Decompresses `pbzx`, the format of the payloads in Apple's installers. It begins with `pbzx` and the u64 size of the
 * chunks. Each chunk has its u64 size, its u64 length, and an xz stream, or the bytes themselves if xz would be longer.
 * Calls `admit` with the length of each piece of output; it may throw. Throws an `Error` if the data are damaged.
 */
export async function* readPbzx(bytes: Buffer, admit: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for (let offset = 12; offset < bytes.length; ) {
    const length = Number(bytes.readBigUInt64BE(offset + 8));
    offset += 16;
    if (length > largestChunk || offset + length > bytes.length)
      throw new Error("a chunk has an invalid length");
    const chunk = bytes.subarray(offset, offset + length);
    offset += length;
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
