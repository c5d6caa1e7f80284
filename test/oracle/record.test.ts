import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { base64UrlToHex, hexToBase64Url } from "../../src/text/base64url.ts";
import { formatCsvRow, parseCsv } from "../../src/text/csv.ts";
import { askPython } from "../support/oracle.ts";

const script = `
import base64, csv, io, json, sys
asked = json.load(sys.stdin)
def read(text): return [row for row in csv.reader(io.StringIO(text, newline="")) if row]
def write(row):
    out = io.StringIO(newline="")
    # Its own line end, so that older Pythons quote a lone carriage return too.
    csv.writer(out).writerow(row)
    return out.getvalue().removesuffix("\\r\\n") + "\\n"
def decode(text): return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).hex()
print(json.dumps({
    "read": [read(text) for text in asked["texts"]],
    "write": [write(row) for row in asked["rows"]],
    "decode": [decode(text) for text in asked["digests"]],
}))
`;

const pieces = [
  "a",
  "b/c.py",
  ",",
  ",",
  '"',
  '"',
  '""',
  "\n",
  "\r\n",
  "\r",
  " ",
  "sha256=x_-",
  "=",
  "é",
  "\\",
  "12",
];
const texts = fc.sample(
  fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map((parts) => parts.join("")),
  { numRuns: 5000, seed: 1 },
);
const rows = fc
  .sample(fc.array(fc.array(fc.constantFrom(...pieces), { maxLength: 4 }), { minLength: 2, maxLength: 4 }), {
    numRuns: 2000,
    seed: 2,
  })
  .map((row) => row.map((parts) => parts.join("")));
const digests = fc
  .sample(fc.uint8Array({ minLength: 1, maxLength: 64 }), { numRuns: 2000, seed: 3 })
  .map((bytes) => Buffer.from(bytes).toString("base64url"));

describe("RECORD compared with Python's csv and base64", async () => {
  const answers = await askPython<{ read: string[][][]; write: string[]; decode: string[] }>(script, {
    texts,
    rows,
    digests,
  });

  test("reads every text as Python does", () => {
    for (const [index, text] of texts.entries()) {
      const ours = parseCsv(text).map(({ fields }) => fields);
      assert.deepEqual(ours, answers.read[index], JSON.stringify(text));
    }
  });

  test("writes every row as Python does", () => {
    for (const [index, row] of rows.entries()) assert.equal(formatCsvRow(row), answers.write[index]);
  });

  test("decodes every digest as Python does, with and without padding, and encodes it again", () => {
    for (const [index, digest] of digests.entries()) {
      const hex = answers.decode[index] ?? "";
      assert.equal(base64UrlToHex(digest), hex);
      assert.equal(base64UrlToHex(digest.padEnd(Math.ceil(digest.length / 4) * 4, "=")), hex);
      assert.equal(hexToBase64Url(hex), digest);
    }
  });
});
