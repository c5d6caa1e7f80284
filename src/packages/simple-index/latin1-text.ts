// Texts of which most is never looked at are held as their bytes, one character each: so places in them are those in the file that they
// are kept in, and nothing is decoded or encoded for those who don't look.

export function latin1Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** What the bytes say. */
export function utf8Of(byteText: string): string {
  return isAscii(byteText) ? byteText : Buffer.from(byteText, "latin1").toString("utf8");
}

export function isAscii(text: string): boolean {
  return !beyondAscii.test(text);
}

// oxlint-disable-next-line no-control-regex -- what isn't ASCII
const beyondAscii = /[^\u0000-\u007f]/;
