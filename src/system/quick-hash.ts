/**
 * SHA-256 in hexadecimal digits without the 2.3 ms that loading `node:crypto` costs; undefined where the runtime has
 * no such thing.
 */
export function quickSha256(text: string): string | undefined {
  if (typeof Bun === "undefined") return undefined;
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
