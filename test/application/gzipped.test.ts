import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { gzipped } from "../../src/application/archive/tar-pieces.ts";

/** Bytes that compress to about half, the same in each run. */
function content(): Buffer {
  let state = 1;
  return Buffer.from(
    Array.from({ length: 700_000 }, () => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return (state >> 16) % 24;
    }),
  );
}

async function compressed(pieceSize: number): Promise<Buffer> {
  async function* pieces() {
    const bytes = content();
    for (let at = 0; at < bytes.length; at += pieceSize) yield bytes.subarray(at, at + pieceSize);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of gzipped(pieces(), 6)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test("the same content gives the same gzip with every runtime, however it is cut into pieces", async () => {
  const whole = await compressed(1 << 20);
  assert.ok(gunzipSync(whole).equals(content()));
  assert.ok((await compressed(70_001)).equals(whole));
  // The same from Node 20 and from Bun 1.4.5.
  const digest = createHash("sha256").update(whole).digest("hex");
  assert.equal(digest, "8032766fd88d62a6192f8611bd9564239a78bed363e9d3f4261066f651fe3d70");
});

test("an empty content gives a gzip of no bytes", async () => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of gzipped((async function* () {})(), 9)) chunks.push(chunk);
  assert.equal(gunzipSync(Buffer.concat(chunks)).length, 0);
});
