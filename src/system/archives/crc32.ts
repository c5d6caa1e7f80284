import * as zlib from "node:zlib";

const native = (zlib as { crc32?: (data: Uint8Array, value?: number) => number }).crc32;
let table: Uint32Array | undefined;

/**
 * Returns the CRC-32 of zip and gzip (polynomial 0xEDB88320), unsigned. `before` is the CRC-32 of the
 * preceding data. Uses the runtime's function if there is one (Bun, Node ≥ 20.15).
 */
export function crc32(data: Uint8Array, before = 0): number {
  if (native) return native(data, before);
  table ??= makeTable();
  let crc = ~before;
  for (const byte of data) crc = (table[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    return value;
  });
}
