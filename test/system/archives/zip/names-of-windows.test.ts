import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PosyError } from "../../../../src/errors/posy-error.ts";
import { openZip, parseMemberName, readTar } from "../../../../src/system/archives/index.ts";
import { bytesReader } from "../../../../src/system/archives/zip/byte-reader.ts";
import { writeTar } from "../../../support/tar-writer.ts";
import { writeZip } from "../../../support/zip-writer.ts";

const isForWindows = (error: unknown) =>
  error instanceof PosyError &&
  error.message.startsWith('`x` can\'t be unpacked on Windows: its member "a/aux.py" is a device') &&
  error.hint?.startsWith("other systems") === true;

describe("names that only Windows refuses", () => {
  for (const name of [
    "aux.py",
    "NUL",
    "con .txt",
    "CONOUT$",
    "com1.tar.gz",
    "lpt¹",
    "dot.",
    "space ",
    "a:b",
    'a"b',
  ]) {
    test(`\`${name}\` is refused for Windows only`, () => {
      assert.ok("path" in parseMemberName(`a/${name}`, "safe"));
      const parsed = parseMemberName(`a/${name}`, "portable");
      assert.ok("refused" in parsed && parsed.isOfWindows, name);
    });
  }

  for (const name of ["auxiliary.py", "console", "nul-1", "com10", "lpt", ".dot", " space"]) {
    test(`\`${name}\` is accepted`, () => {
      assert.deepEqual(parseMemberName(`a/${name}`, "portable"), { path: `a/${name}` });
    });
  }

  test("are refused in a zip and in a tar with a hint that other systems can have them", async () => {
    const zip = writeZip([{ path: "a/aux.py", data: "" }]);
    await assert.rejects(openZip(bytesReader(zip), { label: "x", names: "portable" }), isForWindows);
    const chunks = async function* () {
      yield writeTar([{ path: "a/aux.py", data: "" }]);
    };
    await assert.rejects(readTar(chunks(), "x", undefined, { names: "portable" }).next(), isForWindows);
  });
});
