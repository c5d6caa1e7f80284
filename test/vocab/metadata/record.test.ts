import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PosyError } from "../../../src/errors/posy-error.ts";
import {
  formatRecord,
  parseRecord,
  parseRecordLeniently,
  type RecordRow,
} from "../../../src/vocab/metadata/record.ts";
import { computingTime } from "../../support/computing.ts";

const empty = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
const emptyHex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

describe("parseRecordLeniently", () => {
  const hash = { algorithm: "sha256", digest: emptyHex };
  const table: [text: string, rows: RecordRow[], errors: [path: string, message: RegExp][]][] = [
    [`a,sha256=${empty},0`, [{ path: "a", hash, size: 0 }], []],
    [
      `a,b.txt,sha256=${empty},0`,
      [{ path: "a,b.txt", hash, size: 0 }],
      [["a,b.txt", /^line 1: .* 4 fields/]],
    ],
    [`a,b,c,sha256=${empty},`, [{ path: "a,b,c", hash }], [["a,b,c", /5 fields/]]],
    ["a,b,,", [{ path: "a,b" }], [["a,b", /4 fields/]]],
    [`a,sha256=${empty},0,`, [{ path: "a", hash, size: 0 }], [["a", /4 fields/]]],
    ["a,b,c,d", [{ path: "a" }], [["a", /4 fields/]]],
    ["a,,many\nb,,2", [{ path: "a" }, { path: "b", size: 2 }], [["a", /^line 1: `many` is not a size/]]],
    ["b,,\na,sha256,1", [{ path: "b" }, { path: "a" }], [["a", /^line 2: `sha256` is not/]]],
    [",,1", [], [["", /^line 1: there is no path/]]],
  ];
  for (const [text, rows, errors] of table) {
    test(JSON.stringify(text), () => {
      const read = parseRecordLeniently(text);
      assert.deepEqual(read.rows, rows);
      assert.deepEqual(
        read.errors.map(({ path }) => path),
        errors.map(([path]) => path),
      );
      for (const [index, [, message]] of errors.entries())
        assert.match(read.errors[index]?.message ?? "", message);
    });
  }

  test("reads a RECORD without errors as `parseRecord` does", () => {
    const path = fc.string({ minLength: 1, unit: fc.constantFrom("a", "/", ",", '"', "\n", " ") });
    const row = fc.record({ path, size: fc.maxSafeNat() });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const text = formatRecord(rows);
        assert.deepEqual(parseRecordLeniently(text), { rows: parseRecord(text), errors: [] });
      }),
    );
  });
});

describe("parseRecord", () => {
  const table: [text: string, rows: RecordRow[]][] = [
    ["", []],
    ["a.py,,\n", [{ path: "a.py" }]],
    ["a.py\n", [{ path: "a.py" }]],
    [
      `a.py,sha256=${empty},0\r\n`,
      [{ path: "a.py", hash: { algorithm: "sha256", digest: emptyHex }, size: 0 }],
    ],
    [`a.py,sha256=${empty}=,0`, [{ path: "a.py", hash: { algorithm: "sha256", digest: emptyHex }, size: 0 }]],
    ['"a,b ""c"".py",,12\n\n', [{ path: 'a,b "c".py', size: 12 }]],
    ["bin/python3,symlink=python3.13,\n", [{ path: "bin/python3", symlink: "python3.13" }]],
    ['l,"symlink=a,b",', [{ path: "l", symlink: "a,b" }]],
    ["\uFEFFa,,", [{ path: "a" }]],
    [`a,sha256=${emptyHex.toUpperCase()},`, [{ path: "a", hash: { algorithm: "sha256", digest: emptyHex } }]],
    ["a,newhash=AAAA,", [{ path: "a", hash: { algorithm: "newhash", digest: "000000" } }]],
  ];
  for (const [text, rows] of table) {
    test(JSON.stringify(text), () => assert.deepEqual(parseRecord(text), rows));
  }

  const broken: [text: string, message: RegExp][] = [
    [",sha256=x,1", /line 1: there is no path/],
    ["a,,\nb,,,", /line 2: there are 4 fields/],
    ['"a\nb",,\nc,,1x', /line 3: `1x` is not a size/],
    ["a,,-1", /is not a size/],
    ["a,,99999999999999999999", /is not a size/],
    ["a,sha256,1", /is not `algorithm=digest`/],
    ["a,=AAAA,1", /is not `algorithm=digest`/],
    ["a,sha256=AA+/,1", /is not `algorithm=digest`/],
    ["a,sha256=AAAA,1", /has 3 bytes, not 32/],
    ["l,symlink=a,5", /the link `l` has a size/],
  ];
  for (const [text, message] of broken) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseRecord(text),
        (error) => {
          assert.ok(error instanceof PosyError);
          assert.equal(error.code, "invalid-record");
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  test("reads again what it writes", () => {
    const path = fc.string({
      minLength: 1,
      unit: fc.constantFrom("a", "/", ",", '"', "\n", "\r", " ", "é", "="),
    });
    const digest = fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Buffer.from(bytes).toString("hex"));
    const row: fc.Arbitrary<RecordRow> = fc.oneof(
      path.map((each) => ({ path: each })),
      fc.tuple(path, fc.maxSafeNat(), digest).map(([each, size, hex]) => ({
        path: each,
        size,
        hash: { algorithm: "sha256", digest: hex },
      })),
      fc.tuple(path, path).map(([each, symlink]) => ({ path: each, symlink })),
    );
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        assert.deepEqual(parseRecord(formatRecord(rows)), rows);
      }),
    );
  });

  test("reads a hostile text in linear time", () => {
    const started = computingTime();
    for (const text of ['"'.repeat(1_000_000), '"a\n'.repeat(300_000), ",".repeat(1_000_000)]) {
      try {
        parseRecord(text);
      } catch (error) {
        assert.ok(error instanceof PosyError);
      }
    }
    assert.ok(computingTime() - started < 2000);
  });
});
