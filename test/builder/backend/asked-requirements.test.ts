import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseAsked, unmet } from "../../../src/builder/backend/requested-requirements.ts";
import { parseRequirement } from "../../../src/vocab/requirement/requirement.ts";

const installed = [
  ["Setuptools_SCM", "8.0"],
  ["wheel", "0.45.1"],
  ["broken", "what is this"],
] as const;

/** What is asked for, what is declared, what is left to be had. */
const table: readonly (readonly [asked: string[], declared: string[], left: string[]])[] = [
  [[], [], []],
  [["wheel"], [], []],
  [["setuptools-scm>=7,<9"], [], []],
  [["setuptools-scm>8"], [], ["setuptools-scm>8"]],
  [["cython"], ["numpy"], ["cython"]],
  // Word for word, but for spelling: the Env was made for it.
  [["Cython >= 3"], ["cython>=3"], []],
  [["cython>=3.1"], ["cython>=3"], ["cython>=3.1"]],
  [["x; python_version > '3'"], ['x; python_version>"3"'], []],
  // More than a version: the resolver's to judge.
  [["wheel[test]"], [], ["wheel[test]"]],
  [["wheel; python_version < '3'"], [], ["wheel; python_version < '3'"]],
  [
    ["wheel @ https://example.com/wheel-1-py3-none-any.whl"],
    [],
    ["wheel @ https://example.com/wheel-1-py3-none-any.whl"],
  ],
  [["broken>=1"], [], ["broken>=1"]],
];

describe("what a new Env is needed for", () => {
  for (const [asked, declared, left] of table) {
    test(`${asked.join(", ") || "nothing"}, where ${declared.join(", ") || "nothing"} is declared`, () => {
      const found = unmet(
        asked.map((text) => parseRequirement(text)),
        declared.map((text) => parseRequirement(text)),
        installed,
      );
      assert.deepEqual(
        found.map(({ text }) => text),
        left,
      );
    });
  }

  test("everything that is not declared, where the Env can't be asked", () => {
    assert.equal(unmet([parseRequirement("wheel")], [], null).length, 1);
  });
});

test("old ways of writing what is asked for are understood", () => {
  const [first] = parseAsked(["pytest-runner (>=2.0,<3dev)"], "get_requires_for_build_wheel", "x 1");
  assert.equal(first?.name, "pytest-runner");
  assert.deepEqual(parseAsked(null, "get_requires_for_build_wheel", "x 1"), []);
});
