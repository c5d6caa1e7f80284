import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { parseWheelFile } from "../../../src/vocab/metadata/wheel-file.ts";

describe("parseWheelFile", () => {
  test("reads every part", () => {
    const text =
      "Wheel-Version: 1.0\nGenerator: bdist_wheel (0.37)\nRoot-Is-Purelib: true\nTag: py2.py3-none-any\nTag: py3-none-any\nBuild: 2a\n";
    assert.deepEqual(parseWheelFile(text), {
      wheelVersion: "1.0",
      generator: "bdist_wheel (0.37)",
      rootIsPurelib: true,
      tags: ["py2-none-any", "py3-none-any"],
      build: { number: "2", suffix: "a", text: "2a" },
      warnings: [],
    });
  });
  test("warns about a newer minor version, a broken tag and a missing `Root-Is-Purelib`", () => {
    const { rootIsPurelib, tags, warnings } = parseWheelFile("Wheel-Version: 1.9\nTag: broken\n");
    assert.equal(rootIsPurelib, false);
    assert.deepEqual(tags, []);
    assert.match(warnings.join("\n"), /newer than 1\.0[^]*Root-Is-Purelib[^]*`broken` is not a tag/);
  });
  test("reads the format of drafts and a version without a minor version", () => {
    for (const version of ["0.1", "1"]) {
      const text = `Wheel-Version: ${version}\nRoot-Is-Purelib: true\n`;
      assert.deepEqual(parseWheelFile(text).warnings, []);
    }
  });
  for (const text of ["", "Wheel-Version: 2.0\n", "Wheel-Version: one\n", "Root-Is-Purelib: true\n"]) {
    test(`refuses ${JSON.stringify(text)}`, () =>
      assert.throws(
        () => parseWheelFile(text),
        (error) => {
          return (
            error instanceof PosyError && error.code === "invalid-wheel" && error.message.startsWith("WHEEL")
          );
        },
      ));
  }
});
