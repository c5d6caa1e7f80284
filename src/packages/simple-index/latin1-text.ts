// Texts that are mostly never used are held with one character per byte. So positions in the text are
// positions in the cache file, and unused parts are neither decoded nor encoded.

export function latin1Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** Returns the text whose UTF-8 bytes are the characters of `byteText`. */
export function utf8Of(byteText: string): string {
  return isAscii(byteText) ? byteText : Buffer.from(byteText, "latin1").toString("utf8");
}

export function isAscii(text: string): boolean {
  return !beyondAscii.test(text);
}

// oxlint-disable-next-line no-control-regex -- what isn't ASCII
const beyondAscii = /[^\u0000-\u007f]/;
