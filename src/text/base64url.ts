const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The value of each ASCII character; 64 if it is not in the alphabet. */
const values = new Uint8Array(128).fill(64);
for (let value = 0; value < 64; value++) values[alphabet.charCodeAt(value)] = value;

/** The three hexadecimal digits of each pair of characters. A table, since a RECORD has thousands of digests. */
let hexOfPair: readonly string[] | undefined;

/** Converts url-safe base64, with or without `=`, to lower-case hexadecimal. Undefined if the text is malformed. */
export function base64UrlToHex(text: string): string | undefined {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const length = text.length - padding;
  // One left-over character has only six bits, less than a byte.
  if (length % 4 === 1 || (padding > 0 && text.length % 4 !== 0)) return undefined;
  hexOfPair ??= Array.from({ length: 4096 }, (_, pair) => pair.toString(16).padStart(3, "0"));
  let hex = "";
  for (let index = 0; index < length; index += 2) {
    const first = values[text.charCodeAt(index)] ?? 64;
    const second = index + 1 < length ? (values[text.charCodeAt(index + 1)] ?? 64) : 0;
    if (first === 64 || second === 64) return undefined;
    hex += hexOfPair[(first << 6) | second] ?? "";
  }
  // A character has six bits. The bits after the last whole byte are padding.
  return hex.slice(0, Math.floor((length * 6) / 8) * 2);
}

/** Converts hexadecimal (an even number of digits) to url-safe base64 without `=`, as RECORD requires. */
export function hexToBase64Url(hex: string): string {
  let text = "";
  let bits = 0;
  let pending = 0;
  for (const digit of hex) {
    pending = (pending << 4) | Number.parseInt(digit, 16);
    bits += 4;
    if (bits >= 6) {
      bits -= 6;
      text += alphabet[pending >> bits];
      pending &= (1 << bits) - 1;
    }
  }
  return bits > 0 ? text + (alphabet[pending << (6 - bits)] ?? "") : text;
}
