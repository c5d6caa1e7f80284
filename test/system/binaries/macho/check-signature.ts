import assert from "node:assert/strict";
import { createHash } from "node:crypto";

/**
 * Checks what a kernel checks before it runs a page. Written from the description of the format. Returns the name in
 * the signature.
 */
export function checkSignature(slice: Buffer, at: number): string {
  assert.equal(slice.readUInt32BE(at), 0xfade0cc0);
  assert.equal(slice.readUInt32BE(at + 8), 1);
  const directory = slice.subarray(at + slice.readUInt32BE(at + 16));
  assert.equal(directory.readUInt32BE(0), 0xfade0c02);
  assert.equal(directory.readUInt32BE(12) & 2, 2, "ad hoc");
  const [hashesAt, nameAt] = [directory.readUInt32BE(16), directory.readUInt32BE(20)];
  const [pages, limit] = [directory.readUInt32BE(28), directory.readUInt32BE(32)];
  assert.equal(limit, at);
  const pageSize = 2 ** (directory[39] ?? 0);
  assert.equal(pages, Math.ceil(limit / pageSize));
  for (let page = 0; page < pages; page++) {
    const bytes = slice.subarray(page * pageSize, Math.min(limit, (page + 1) * pageSize));
    const hash = directory.subarray(hashesAt + page * 32, hashesAt + page * 32 + 32);
    assert.deepEqual(hash, createHash("sha256").update(bytes).digest(), `page ${page}`);
  }
  return directory.toString("utf8", nameAt, directory.indexOf(0, nameAt));
}
