import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatHeaders, parseHeaders, unfold } from "../../../src/vocab/metadata/headers.ts";
import { quote } from "../../../src/text/quote.ts";

test("written headers are read back unchanged, with any lines in their values", () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z-]{0,8}$/);
  const line = fc.stringMatching(/^[a-z:;=é]{1,8}$/);
  const field = fc.tuple(name, fc.array(line, { minLength: 1, maxLength: 3 }));
  fc.assert(
    fc.property(fc.array(field), fc.constantFrom("\n", "\r\n", "\r"), (fields, lineEnd) => {
      const text = formatHeaders(fields.map(([each, lines]) => [each, lines.join(lineEnd)] as const));
      const headers = parseHeaders(`${text}\nbody: x\n`);
      assert.deepEqual(headers.warnings, []);
      assert.equal(headers.body, "body: x\n");
      for (const each of headers.names) {
        const expected = fields.filter(([other]) => other.toLowerCase() === each);
        assert.deepEqual(
          headers.all(each).map(unfold),
          expected.map(([, lines]) => lines.join(" ")),
        );
      }
    }),
  );
});

test("a parsed header block warns about a continuation line without a header and about a header without a name", () => {
  const { names, warnings } = parseHeaders(" x\n: y\nA: z\n");
  assert.deepEqual(names, ["a"]);
  assert.deepEqual(warnings, ["line 1 continues nothing: ignored", "line 2 is not a header: ignored"]);
});

test("quote cuts long texts and escapes control and invisible characters", () => {
  assert.equal(quote("a"), "`a`");
  assert.equal(quote("\u001b[2J\u202e\n"), "`\\u{1b}[2J\\u{202e}\\u{a}`");
  assert.equal(quote("x".repeat(1000)).length, 203);
});
