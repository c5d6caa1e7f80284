import assert from "node:assert/strict";
import { test } from "node:test";
import { wordsWith } from "../../../src/operations/run/words-with.ts";
import type { CommandWord } from "../../../src/project/index.ts";

const text = (word: string): CommandWord => ({ kind: "text", text: word });
const args = (...otherwise: readonly string[]): CommandWord => ({ kind: "arguments", otherwise });
const mixed = (before: string, otherwise: string): CommandWord => ({
  kind: "mixed",
  parts: [before, { otherwise }, "!"],
});

const rows: readonly (readonly [
  title: string,
  words: readonly CommandWord[],
  typed: readonly string[],
  expected: readonly string[],
])[] = [
  ["at the end if there is no placeholder", [text("a"), text("b")], ["x", "y z"], ["a", "b", "x", "y z"]],
  ["nowhere if none are typed", [text("a")], [], ["a"]],
  [
    "at a placeholder, one word each, and not at the end",
    [text("a"), args(), text("b")],
    ["x", "y"],
    ["a", "x", "y", "b"],
  ],
  ["at each placeholder", [args(), text("a"), args()], ["x"], ["x", "a", "x"]],
  ["not instead of the default if none are typed", [text("a"), args("d", "e")], [], ["a", "d", "e"]],
  ["instead of the default", [text("a"), args("d", "e")], ["x"], ["a", "x"]],
  ["inside of a word, joined by spaces", [text("a"), mixed("--to=", "d")], ["x", "y"], ["a", "--to=x y!"]],
  ["not inside of a word with a default if none are typed", [mixed("--to=", "d")], [], ["--to=d!"]],
];

for (const [title, words, typed, expected] of rows) {
  test(`typed arguments are put ${title}`, () => assert.deepEqual(wordsWith(words, typed), expected));
}
