import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parse } from "smol-toml";
import { insertKey } from "../../src/toml/edit/edit-key.ts";
import { spliced } from "../../src/toml/edit/splice.ts";
import { keyIn, keyPath } from "../../src/toml/key-path.ts";
import { openDocument } from "../../src/toml/toml-document.ts";
import { tomlKey, tomlLines, tomlString } from "../../src/toml/write-toml.ts";

/** Texts with the characters that need care: quotes, backslashes, control characters and DEL. */
const texts = fc.string({
  unit: fc.constantFrom(
    "a",
    "-",
    " ",
    ".",
    '"',
    "'",
    "\\",
    "\n",
    "\t",
    "\r",
    "\u0000",
    "\u001f",
    "\u007f",
    "é",
    "😀",
  ),
});

describe("tomlString", () => {
  test("writes any text so that it is read back unchanged, with either quote", () =>
    fc.assert(
      fc.property(texts, fc.constantFrom('"' as const, "'" as const), (text, quote) => {
        assert.equal(parse(`a = ${tomlString(text, quote)}`)["a"], text);
      }),
    ));

  const cases: readonly [text: string, quote: '"' | "'", written: string][] = [
    ["a", '"', '"a"'],
    ["a", "'", "'a'"],
    ['say "a"', '"', `'say "a"'`],
    ["it's", "'", `"it's"`],
    ["C:\\x", '"', "'C:\\x'"],
    ["\u007f", '"', '"\\u007f"'],
    ["\u007f", "'", '"\\u007f"'],
  ];
  for (const [text, quote, written] of cases) {
    test(`writes ${JSON.stringify(text)} beside ${quote} as ${written}`, () =>
      assert.equal(tomlString(text, quote), written));
  }
});

describe("keys", () => {
  test("are read back unchanged from a written key, an error's key and an inserted header", () =>
    fc.assert(
      fc.asyncProperty(texts, async (name) => {
        assert.deepEqual(Object.keys(parse(`${tomlKey(name)} = 1`)), [name]);
        assert.deepEqual(keyPath(keyIn("tool.posy", name)), ["tool", "posy", name]);
        const document = await openDocument("", "pyproject.toml");
        const edited = spliced("", [insertKey(document, ["tool", name, "key"], "1")]);
        assert.deepEqual(Object.keys((parse(edited)["tool"] as object) ?? {}), [name]);
      }),
    ));

  test("get the same quotes in tables, in headers and in errors", async () => {
    const name = 'a "b"';
    const written = `'a "b"'`;
    assert.equal(keyIn("tool", name), `tool.${written}`);
    assert.equal(tomlLines({ [name]: 1 }), `${written} = 1\n`);
    const document = await openDocument("", "pyproject.toml");
    assert.equal(insertKey(document, ["tool", name, "key"], "1").text, `[tool.${written}]\nkey = 1\n`);
  });

  test("keyIn of the whole document is the name alone", () => assert.equal(keyIn("", "a b"), '"a b"'));
});
