import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseHeaders } from "../../src/vocab/metadata/headers.ts";
import { askPython } from "../support/oracle.ts";

const script = `
import email, json, sys
def read(text):
    message = email.message_from_string(text)
    names = list(dict.fromkeys(name.lower() for name in message.keys()))
    return {"fields": [[name, message.get_all(name)] for name in names], "body": message.get_payload()}
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`;

const lines = [
  "Metadata-Version: 2.1",
  "Name: a",
  "NAME:b",
  "Version:\t 1.0  ",
  "Summary: one",
  "  continued",
  "\tcontinued",
  "        |described",
  "Requires-Dist: b (>=1) ; python_version < '3'",
  "Requires-Dist:c",
  "Empty:",
  "Empty: ",
  "no header here",
  "two words: is none",
  "From someone: at a time",
  ": no name",
  "Ünicode: name",
  "Author: Ünicode “value”",
  "",
  " ",
];
const texts = fc.sample(
  fc
    .array(fc.tuple(fc.constantFrom(...lines), fc.constantFrom("\n", "\n", "\n", "\r\n", "\r")), {
      maxLength: 12,
    })
    .map((parts) => parts.flat().join("")),
  { numRuns: 5000, seed: 1 },
);

const newlines = (text: string): string => text.replace(/\r\n|\r/g, "\n");

describe("headers compared with Python's `email.parser`", async () => {
  const answers = await askPython<{ fields: [string, string[]][]; body: string }[]>(script, texts);

  test("reads equal names, values and body, except for the spelling of line breaks", () => {
    for (const [index, text] of texts.entries()) {
      const headers = parseHeaders(text);
      const ours = headers.names.map((name) => [name, headers.all(name)]);
      const theirs = answers[index]?.fields.map(([name, values]) => [name, values.map(newlines)]);
      assert.deepEqual(ours, theirs, JSON.stringify(text));
      // Python adds a `From ` line after the headers to the body. It belongs to mail folders, so Posy drops it.
      const body = newlines(answers[index]?.body ?? "").replace(/^From someone: at a time\n?/, "");
      assert.equal(
        newlines(headers.body).replace(/^From someone: at a time\n?/, ""),
        body,
        JSON.stringify(text),
      );
    }
  });
});
