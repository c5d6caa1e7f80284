const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const valueOf = new Map(Array.from(alphabet, (character, value) => [character, value]));
const hexDigits = "0123456789abcdef";

/** Url-safe base64, with or without its `=`, as lower-case hexadecimal; undefined where it is not that. */
export function base64UrlToHex(text: string): string | undefined {
  const end = text.endsWith("==") ? -2 : text.endsWith("=") ? -1 : text.length;
  let hex = "";
  let bits = 0;
  let pending = 0;
  const digits = text.slice(0, end);
  for (const character of digits) {
    const value = valueOf.get(character);
    if (value === undefined) return undefined;
    pending = (pending << 6) | value;
    bits += 6;
    while (bits >= 4) {
      bits -= 4;
      hex += hexDigits[pending >> bits];
      pending &= (1 << bits) - 1;
    }
  }
  // A last half byte is padding; one character alone is no byte at all.
  if (digits.length % 4 === 1 || (end < 0 && text.length % 4 !== 0)) return undefined;
  return hex.slice(0, hex.length & ~1);
}

/** The opposite, without `=`, as RECORD wants it. `hex` has an even number of digits. */
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
