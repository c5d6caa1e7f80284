import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readToolWord } from "../../../src/operations/tools/tool-word.ts";

const words: readonly [text: string, requirement: string | undefined, latest?: boolean][] = [
  ["ruff", "ruff"],
  ["ruff@0.15", "ruff==0.15"],
  ["ruff@0.15.*", "ruff==0.15.*"],
  ["ruff@latest", "ruff", true],
  ["mkdocs[i18n]", "mkdocs[i18n]"],
  ["mkdocs[i18n,a]@1.6", "mkdocs[i18n,a]==1.6"],
  ["dotted.name", "dotted.name"],
  ["", undefined],
  ["ruff@", undefined],
  ["ruff>=0.4", undefined],
  ["ruff==0.4", undefined],
  ["./folder", undefined],
  ["git+https://host/x", undefined],
  ["git@host:x", undefined],
  ["ruff @ https://host/x.whl", undefined],
  ["-x", undefined],
];

describe("the word of a tool", () => {
  for (const [text, requirement, latest = false] of words) {
    test(`\`${text}\` ${requirement === undefined ? "is no name of a tool" : `requires \`${requirement}\``}`, () => {
      const read = readToolWord(text);
      assert.equal(read?.requirement, requirement);
      if (read !== undefined) assert.equal(read.latest, latest);
    });
  }
});
