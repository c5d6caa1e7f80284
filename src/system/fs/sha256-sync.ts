interface Hash {
  update(data: Uint8Array | string): Hash;
  digest(encoding: "hex"): string;
}

/** Bun's own hashes need not be loaded; `node:crypto` takes 2.3 ms, and every command wants one. */
export function newSha256(): Hash {
  if (typeof Bun !== "undefined") return new Bun.CryptoHasher("sha256");
  return process.getBuiltinModule("node:crypto").createHash("sha256");
}

/**
 * SHA-256 in hexadecimal digits without the 2.3 ms that loading `node:crypto` costs; undefined where the runtime has
 * no such thing.
 */
export function quickSha256(text: string): string | undefined {
  if (typeof Bun === "undefined") return undefined;
  return newSha256().update(text).digest("hex");
}
