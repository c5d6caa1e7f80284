import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { asPosyError } from "./files.ts";

/** A running SHA-256: `update` it, then `digest("hex")`. */
export function createSha256(): Hash {
  return createHash("sha256");
}

/** The SHA-256 of some bytes, in lower-case hexadecimal digits. */
export function sha256Of(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** The SHA-256 of a file's content, in lower-case hexadecimal digits. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createSha256();
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
      hash.update(chunk as Uint8Array);
  } catch (error) {
    throw asPosyError(error, `reading \`${path}\``);
  }
  return hash.digest("hex");
}
