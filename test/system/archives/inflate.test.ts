import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { crc32 as reference, deflateRawSync } from "node:zlib";
import { crc32 } from "../../../src/system/archives/crc32.ts";
import { inflate } from "../../../src/system/archives/inflate.ts";

const incompressible = Buffer.from(
  Array.from({ length: 600_000 }, (_, i) => (i * 2_654_435_761) >>> ((i % 7) + 8)),
);

describe("inflate", () => {
  for (const [what, data] of [
    ["empty data", Buffer.alloc(0)],
    ["short data", Buffer.from("posy")],
    ["zeros", Buffer.alloc(3e6)],
    ["more data than libdeflate is used for", incompressible],
  ] as const) {
    const deflated = deflateRawSync(data);
    test(`inflates ${what}`, () =>
      assert.ok(Buffer.from(inflate(deflated, data.length, reference(data))).equals(data)));
    test(`rejects ${what} with a wrong size or CRC`, () => {
      for (const [size, crc] of [
        [data.length + 1, reference(data)],
        [data.length, reference(data) ^ 1],
        ...(data.length > 0 ? [[data.length - 1, reference(data)] as const] : []),
      ] as const) {
        assert.throws(() => inflate(deflated, size, crc >>> 0), { code: "invalid-archive" });
      }
      assert.throws(() => inflate(deflated.subarray(0, -1), data.length, reference(data)), {
        code: "invalid-archive",
      });
    });
  }
});

test("crc32 continues from the CRC of the preceding data", () => {
  assert.equal(crc32(Buffer.from("123456789")), 0xcbf43926);
  assert.equal(crc32(Buffer.from("6789"), crc32(Buffer.from("12345"))), 0xcbf43926);
});
