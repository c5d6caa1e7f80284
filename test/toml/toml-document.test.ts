import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { KeyError } from "../../src/toml/key-error.ts";
import { keyPath } from "../../src/toml/key-path.ts";
import { parseToml, TomlSyntaxError } from "../../src/toml/parse-toml.ts";
import { knownTable, nonEmptyTextAt, optionalAt, textAt } from "../../src/toml/read-toml.ts";
import { openDocument } from "../../src/toml/toml-document.ts";

const text = [
  'top = "x"',
  "[[packages]]",
  'name = "a"',
  "wheels = [",
  '  {url = "u", hashes = {sha256 = "0"}},',
  '  {url = "v"},',
  "]",
  "[[packages]]",
  'name = "b"',
  "[packages.archive]",
  'path = "p"',
  '[tool."x y".\'z"\']',
  "k.l = 1",
].join("\n");

describe("lineOf", () => {
  const rows: readonly [key: string, line: number][] = [
    ["top", 1],
    ["packages[0]", 2],
    ["packages[0].wheels[1].url", 6],
    ["packages[0].wheels[0].hashes.sha256", 5],
    ["packages[0].wheels[7]", 4],
    ["packages[1].archive.path", 11],
    ["packages[1].archive", 10],
    ["packages[1].version", 8],
    [`tool."x y".'z"'.k.l`, 13],
    ["missing", 1],
  ];
  for (const [key, line] of rows) {
    test(`of \`${key}\` is ${line}`, async () => {
      assert.equal((await openDocument(text, "f.toml")).lineOf(keyPath(key)), line);
    });
  }
});

describe("parseToml", () => {
  test("ignores a byte order mark", async () => assert.equal((await parseToml('\uFEFFa = "1"'))["a"], "1"));

  test("reports the line and the reason of a syntax error, without the parser's code block", async () => {
    await assert.rejects(parseToml("a = 1\nb = \n"), (error) => {
      assert.ok(error instanceof TomlSyntaxError);
      assert.equal(error.line, 2);
      assert.match(error.message, /^line 2: [^\n]+$/);
      return true;
    });
  });
});

describe("readers", () => {
  const failures: Record<string, readonly [() => unknown, message: RegExp]> = {
    "a missing text": [() => nonEmptyTextAt(undefined, "name"), /^`name` .* is missing$/],
    "an empty text": [() => nonEmptyTextAt(" ", "name"), /^`name` .* must not be empty$/],
    "another type": [() => nonEmptyTextAt(1, "name"), /^`name` .* must be a string, but is a number$/],
    "an optional text of another type": [
      () => optionalAt({ name: 1 }, "name", "packages[0]", textAt),
      /^`packages\[0\]\.name` .* must be a string/,
    ],
    "an unknown key": [
      () => knownTable({ nam: 1 }, "", ["name"], "a package"),
      /^`nam` .* is not a key of a package$/,
    ],
  };
  for (const [what, [read, message]] of Object.entries(failures)) {
    test(`refuse ${what}`, () =>
      assert.throws(read, (error) => error instanceof KeyError && message.test(error.message)));
  }

  test("return undefined for an optional key that is missing", () =>
    assert.equal(optionalAt({}, "name", "", textAt), undefined));
});
