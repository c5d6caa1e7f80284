import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { importedTests } from "../../src/application/slim/strip-tree.ts";

describe("importedTests", () => {
  for (const [text, expected] of [
    ["from .tests import helpers", ["site/pkg/sub/tests"]],
    ["from . import tests", ["site/pkg/sub/tests"]],
    ["from .. import (\n    other,\n    test,\n)", ["site/pkg/test"]],
    ["from pkg._core.tests._natype import pd_NA", ["site/pkg/_core/tests"]],
    ["import os, pkg.test.data as data  # comment", ["site/pkg/test"]],
    ["try:\n    from pkg import tests\nexcept ImportError:\n    pass", ["site/pkg/tests"]],
    ["# from .tests import helpers", []],
    ["from .testing import x\nimport contest", []],
    ["x = 'import tests'", []],
  ] as const) {
    test(`finds ${expected.length === 0 ? "nothing" : expected.join(", ")} in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(importedTests(text, "site/pkg/sub/module.py", "site"), expected);
    });
  }
});
