import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { command, machSlices } from "../../../src/system/binaries/macho/macho-image.ts";
import { readMachO } from "../../../src/system/binaries/macho/read-macho.ts";
import { checkSignature } from "../../system/binaries/macho/check-signature.ts";
import { compiledPosy } from "../support/compiled-posy.ts";

/** No program for macOS can run here. What macOS checks before it starts one can be checked. */
describe("Posy for macOS", { skip: process.platform !== "linux" }, () => {
  for (const [platform, processor] of [
    ["macos-x86_64", "x86_64"],
    ["macos-arm64", "arm64"],
  ] as const) {
    const bytes = () => readFileSync(compiledPosy(platform));

    test(`is a program for ${processor} and macOS 13, with libraries of the system only`, () => {
      const [program, ...others] = readMachO(bytes()) ?? [];
      assert.deepEqual(others, []);
      assert.equal(program?.processor, processor);
      assert.deepEqual(program?.oldest, [13, 0]);
      assert.deepEqual(program?.runPaths, []);
      for (const library of program?.needed ?? []) assert.match(library, /^\/usr\/lib\//);
    });

    test(`has an ad hoc signature that matches all pages of the ${processor} program`, () => {
      const content = bytes();
      const [slice] = machSlices(content);
      assert.ok(slice);
      const signature = slice.commands.find(({ kind }) => kind === command.codeSignature);
      assert.ok(signature);
      const at = slice.bytes.readUInt32LE(signature.at + 8);
      assert.equal(checkSignature(slice.bytes, at), "posy");
      // The signature ends the file and the last segment, and Intel's pages have 4 KiB.
      const room = slice.bytes.readUInt32LE(signature.at + 12);
      assert.equal(at + room, content.length);
      assert.equal(at % 16, 0);
      const last = slice.commands.filter(({ kind }) => kind === command.segment).at(-1);
      assert.ok(last);
      assert.equal(slice.bytes.toString("latin1", last.at + 8, last.at + 18), "__LINKEDIT");
      const [start, size] = [40, 48].map((offset) => Number(slice.bytes.readBigUInt64LE(last.at + offset)));
      assert.equal((start ?? 0) + (size ?? 0), content.length);
      assert.ok(Number(slice.bytes.readBigUInt64LE(last.at + 32)) >= (size ?? 0));
    });

    test(`contains no path of the machine that compiled it for ${processor}`, () => {
      assert.equal(bytes().includes(process.cwd()), false);
    });
  }
});
