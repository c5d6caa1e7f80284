import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import {
  copyWords,
  quotedWord,
  refuseControlCharacters,
  shellWord,
} from "../../../src/operations/ship/dockerfile/words.ts";

// The parser and the word expansion of BuildKit 0.17 read each of these words as the text it was made from.
describe("words of a Dockerfile", () => {
  for (const [text, word] of [
    ["fast", '"fast"'],
    ["a b", '"a b"'],
    ["$HOME ${HOME} $$", String.raw`"\$HOME \${HOME} \$\$"`],
    ['say "hi"', String.raw`"say \"hi\""`],
    ["it's", `"it's"`],
    ["C:\\new\\", String.raw`"C:\\new\\"`],
    ["# no comment", '"# no comment"'],
    ["", '""'],
  ] as const) {
    test(`quote \`${text}\``, () => assert.equal(quotedWord(text), word));
  }

  for (const [from, to, words] of [
    [["pyproject.toml", "pylock.toml"], "./", "pyproject.toml pylock.toml ./"],
    [["libs/a/pyproject.toml"], "libs/a/", "libs/a/pyproject.toml libs/a/"],
    [["my app/pyproject.toml"], "my app/", '["./my app/pyproject.toml","./my app/"]'],
    [["[a]*?/x.toml"], "[a]*?/", String.raw`["./\\\\[a]\\\\*\\\\?/x.toml","./[a]*?/"]`],
    [["$a'\"/x.toml"], "$a'\"/", String.raw`["./\\$a\\'\\\"/x.toml","./\\$a\\'\\\"/"]`],
    [["<<EOF/x.toml"], "<<EOF/", '["./<<EOF/x.toml","./<<EOF/"]'],
    [["--from=x/x.toml"], "./", '["./--from=x/x.toml","./"]'],
  ] as const) {
    test(`copy \`${from.join(" ")}\``, () => assert.equal(copyWords(from, to), words));
  }

  for (const [text, word] of [
    ["shop.web:main", "shop.web:main"],
    ["it's $x", String.raw`'it'\''s $x'`],
    ["", "''"],
  ] as const) {
    test(`give \`${text}\` to sh`, () => assert.equal(shellWord(text), word));
  }

  for (const text of ["a\nRUN evil", "a\r", "a\tb", "a\0", "\u007f"]) {
    test(`have no ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => refuseControlCharacters([["--app", text]]),
        (error) => error instanceof PosyError && error.message.startsWith("`--app` has a line break"),
      );
    });
  }
});
