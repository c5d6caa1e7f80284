import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { forwardingLibrary } from "../../../../src/system/binaries/index.ts";
import { libraryWith } from "./make-library.ts";

describe("a library that forwards to another one", () => {
  test("has the same processor, and every name of the other library, sorted", () => {
    const made = forwardingLibrary(libraryWith(["PyB", "PyA", "_PyC"], 0xaa64), "python3.dll", "python314");
    assert.ok(made !== undefined);
    assert.equal(made.readUInt16LE(0x44), 0xaa64);
    const text = made.toString("latin1");
    const positions = [
      "python3.dll\0",
      "python314.PyA\0PyA\0",
      "python314.PyB\0PyB\0",
      "python314._PyC\0_PyC\0",
    ];
    const found = positions.map((one) => text.indexOf(one));
    assert.ok(!found.includes(-1), String(found));
    assert.deepEqual(
      found,
      found.toSorted((a, b) => a - b),
    );
  });

  test("can be read again as a library with the same names", () => {
    const first = forwardingLibrary(libraryWith(["PyB", "PyA"]), "python3.dll", "python314");
    const again = forwardingLibrary(first ?? Buffer.alloc(0), "python3.dll", "python314");
    assert.deepEqual(again, first);
  });

  for (const [what, bytes] of [
    ["is too short", Buffer.from("MZ")],
    ["is no library", Buffer.alloc(4096)],
    [
      "has an export directory outside of its section",
      libraryWith(["PyA"]).fill(0xff, 0x58 + 112, 0x58 + 116),
    ],
  ] as const) {
    test(`is not made if the other file ${what}`, () => {
      assert.equal(forwardingLibrary(bytes, "python3.dll", "python314"), undefined);
    });
  }
});
