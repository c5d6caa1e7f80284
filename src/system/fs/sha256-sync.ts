interface Hash {
  update(data: Uint8Array | string): Hash;
  digest(encoding: "hex"): string;
}

/**
 * Returns a SHA-256 hasher. Bun's hasher is built in; loading `node:crypto` takes 2.3 ms, and every command
 * needs a hash.
 */
export function newSha256(): Hash {
  if (typeof Bun !== "undefined") return new Bun.CryptoHasher("sha256");
  return process.getBuiltinModule("node:crypto").createHash("sha256");
}

/**
 * Returns the SHA-256 in hexadecimal without loading `node:crypto` (2.3 ms), or undefined if the runtime has
 * no built-in hasher.
 */
export function quickSha256(text: string): string | undefined {
  if (typeof Bun === "undefined") return undefined;
  return newSha256().update(text).digest("hex");
}
