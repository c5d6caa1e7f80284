import { readFileSync } from "node:fs";
import { createGunzip, inflateRawSync } from "node:zlib";
import { throughStream } from "./through-stream.ts";

/**
 * A stream's usual chunks of 16 KB take twice as long to read. Each chunk also waits for the reading thread,
 * which takes most of the time if that thread has other work.
 */
const chunkSize = 1 << 20;

/**
 * Decompresses gzip, including several members in sequence (RFC 1952 §2.2). Other data after the last member
 * are ignored, as in gzip and in Python's tarfile.
 */
export async function* gunzip(path: string): AsyncGenerator<Uint8Array> {
  let produced = 0;
  try {
    for await (const chunk of throughStream(path, createGunzip({ chunkSize }))) {
      produced += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if ((error as Error).message !== "incorrect header check") throw error;
    const bytes = readFileSync(path);
    if (!isMember(bytes, 0)) throw error;
    // The stream fails before it returns the last of its output.
    yield* lastOutput(bytes, produced);
  }
}

/**
 * Returns the output of all members without the first `skip` bytes. The stream has already checked sizes and
 * checksums.
 */
function* lastOutput(bytes: Buffer, skip: number): Generator<Uint8Array> {
  let left = skip;
  for (let at = 0; isMember(bytes, at); ) {
    const { buffer, engine } = inflateRawSync(bytes.subarray(headerEnd(bytes, at)), {
      info: true,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    if (buffer.length > left) yield buffer.subarray(left);
    left = Math.max(0, left - buffer.length);
    at = headerEnd(bytes, at) + engine.bytesWritten + 8;
  }
}

function isMember(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0x1f && bytes[at + 1] === 0x8b;
}

/** Returns the offset of a member's data (RFC 1952 §2.3). */
function headerEnd(bytes: Buffer, start: number): number {
  const flags = bytes[start + 3] ?? 0;
  let at = start + 10;
  if (flags & 4) at += 2 + bytes.readUInt16LE(at);
  for (const text of [8, 16]) if (flags & text) at = bytes.indexOf(0, at) + 1;
  return flags & 2 ? at + 2 : at;
}
