import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { isIgnoredSource } from "../../../src/builder/sources/source-ignore.ts";

describe("a folder `wheelhouse` is not a source", () => {
  for (const [files, expected] of [
    [["a-1.0-py3-none-any.whl", "b-1.0.tar.gz"], true],
    [["pythons", "posy-built.json"], true],
    [["__init__.py", "a-1.0-py3-none-any.whl"], false],
    [["data.zip"], false],
    [[], false],
  ] as const) {
    test(`with ${files.join(", ") || "nothing"} in it: ${expected}`, () => {
      const root = mkdtempSync(join(tmpdir(), "posy-ignore-"));
      try {
        mkdirSync(join(root, "wheelhouse"));
        for (const name of files) writeFileSync(join(root, "wheelhouse", name), "");
        assert.equal(isIgnoredSource(root, "wheelhouse", true), expected);
      } finally {
        rmSync(root, { recursive: true, force: true });
      }
    });
  }
});
