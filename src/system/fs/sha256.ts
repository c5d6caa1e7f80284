import { createReadStream } from "node:fs";
import { asPosyError } from "./file-error.ts";
import { refuseSpecialFile } from "./named-file.ts";
import { newSha256 } from "./sha256-sync.ts";

/** Returns the SHA-256 of bytes or a text, in lower-case hexadecimal digits. */
export function sha256Of(data: Uint8Array | string): string {
  return newSha256().update(data).digest("hex");
}

/** Returns the SHA-256 of a file, in lower-case hexadecimal digits. Throws `not-found`, `permission`, … */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = newSha256();
  try {
    refuseSpecialFile(path);
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
      hash.update(chunk as Uint8Array);
  } catch (error) {
    throw asPosyError(error, `reading \`${path}\``);
  }
  return hash.digest("hex");
}
