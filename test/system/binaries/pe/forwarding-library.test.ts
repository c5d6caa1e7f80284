import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { forwardingLibrary } from "../../../../src/system/binaries/index.ts";

/** Makes the smallest library of PE32+ that exports these names: headers, and one section with the export directory. */
function libraryWith(names: readonly string[], machine = 0x8664): Buffer {
  const bytes = Buffer.alloc(0x2000);
  bytes.writeUInt32LE(0x40, 0x3c);
  bytes.write("PE\0\0", 0x40, "latin1");
  bytes.writeUInt16LE(machine, 0x44);
  bytes.writeUInt16LE(1, 0x46);
  bytes.writeUInt16LE(240, 0x54);
  bytes.writeUInt16LE(0x20b, 0x58);
  // The section is at address 0x5000, and at 0x400 in the file.
  const [address, start] = [0x5000, 0x400];
  bytes.writeUInt32LE(address + 16, 0x58 + 112);
  bytes.writeUInt32LE(address, 0x58 + 240 + 12);
  bytes.writeUInt32LE(0x1000, 0x58 + 240 + 16);
  bytes.writeUInt32LE(start, 0x58 + 240 + 20);
  bytes.writeUInt32LE(names.length, start + 16 + 24);
  bytes.writeUInt32LE(address + 64, start + 16 + 32);
  let text = 64 + names.length * 4;
  for (const [index, name] of names.entries()) {
    bytes.writeUInt32LE(address + text, start + 64 + index * 4);
    bytes.write(`${name}\0`, start + text, "latin1");
    text += name.length + 1;
  }
  return bytes;
}

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
