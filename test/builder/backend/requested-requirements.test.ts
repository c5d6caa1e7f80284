import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  parseRequestedRequirements,
  unmetRequirements,
} from "../../../src/builder/backend/requested-requirements.ts";
import { parseRequirement } from "../../../src/vocab/requirement/requirement.ts";

const installed = [
  ["Setuptools_SCM", "8.0"],
  ["wheel", "0.45.1"],
  ["broken", "what is this"],
] as const;

/** Requested requirements, declared requirements, and the requirements that need a new Env. */
const table: readonly (readonly [asked: string[], declared: string[], left: string[]])[] = [
  [[], [], []],
  [["wheel"], [], []],
  [["setuptools-scm>=7,<9"], [], []],
  [["setuptools-scm>8"], [], ["setuptools-scm>8"]],
  [["cython"], ["numpy"], ["cython"]],
  // Declared in the same words, apart from spelling: the Env was made for it.
  [["Cython >= 3"], ["cython>=3"], []],
  [["cython>=3.1"], ["cython>=3"], ["cython>=3.1"]],
  [["x; python_version > '3'"], ['x; python_version>"3"'], []],
  // Only the resolver can decide these.
  [["wheel[test]"], [], ["wheel[test]"]],
  [["wheel; python_version < '3'"], [], ["wheel; python_version < '3'"]],
  [
    ["wheel @ https://example.com/wheel-1-py3-none-any.whl"],
    [],
    ["wheel @ https://example.com/wheel-1-py3-none-any.whl"],
  ],
  [["broken>=1"], [], ["broken>=1"]],
];

describe("requirements that need a new Env", () => {
  for (const [asked, declared, left] of table) {
    test(`compares requested ${asked.join(", ") || "nothing"} with declared ${declared.join(", ") || "nothing"}`, () => {
      const found = unmetRequirements(
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

  test("without a list of installed packages, everything undeclared needs a new Env", () => {
    assert.equal(unmetRequirements([parseRequirement("wheel")], [], null).length, 1);
  });
});

test("requirements from before PEP 508 are parsed", () => {
  const [first] = parseRequestedRequirements(
    ["pytest-runner (>=2.0,<3dev)"],
    "get_requires_for_build_wheel",
    "x 1",
  );
  assert.equal(first?.name, "pytest-runner");
  assert.deepEqual(parseRequestedRequirements(null, "get_requires_for_build_wheel", "x 1"), []);
});
