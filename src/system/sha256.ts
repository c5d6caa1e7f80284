import { createReadStream } from "node:fs";
import { asPosyError } from "./files.ts";

interface Hash {
  update(data: Uint8Array | string): Hash;
  digest(encoding: "hex"): string;
}

/** Bun's own hashes need not be loaded; `node:crypto` takes 2.3 ms, and every command wants one. */
function sha256(): Hash {
  if (typeof Bun !== "undefined") return new Bun.CryptoHasher("sha256");
  return process.getBuiltinModule("node:crypto").createHash("sha256");
}

/** The SHA-256 of some bytes, in lower-case hexadecimal digits. */
export function sha256Of(data: Uint8Array | string): string {
  return sha256().update(data).digest("hex");
}

/** The SHA-256 of a file's content, in lower-case hexadecimal digits. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = sha256();
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
      hash.update(chunk as Uint8Array);
  } catch (error) {
    throw asPosyError(error, `reading \`${path}\``);
  }
  return hash.digest("hex");
}
