import { readNumber } from "./end-record.ts";

/** The sizes and the offset of a 32-bit header. Values that overflow are in the zip64 extra field. */
export interface HeaderNumbers {
  size: number;
  compressedSize: number;
  offset?: number;
}

/**
 * Replaces the numbers whose bits are all ones by those of the zip64 extra field (id 1), which has only
 * these, in this order. Throws an `Error` if the extra fields are cut off or the field is missing.
 */
export function applyZip64(extra: Buffer, numbers: HeaderNumbers): void {
  const field = findField(extra, 1);
  let at = 0;
  const next = (value: number): number => {
    if (value !== 0xffffffff) return value;
    if (field === undefined || at + 8 > field.length) throw new Error("lacks its zip64 sizes");
    at += 8;
    return readNumber(field, at - 8);
  };
  numbers.size = next(numbers.size);
  numbers.compressedSize = next(numbers.compressedSize);
  if (numbers.offset !== undefined) numbers.offset = next(numbers.offset);
}

function findField(extra: Buffer, id: number): Buffer | undefined {
  let found: Buffer | undefined;
  // Up to three bytes of padding at the end are met in the wild (zipalign) and harmless.
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (end > extra.length) throw new Error("has extra fields that are cut off");
    if (extra.readUInt16LE(at) === id) {
      if (found !== undefined) throw new Error("has its zip64 sizes twice");
      found = extra.subarray(at + 4, end);
    }
    at = end;
  }
  return found;
}
