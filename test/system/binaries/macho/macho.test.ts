import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { editMachO } from "../../../../src/system/binaries/macho/edit-macho.ts";
import { isMachO } from "../../../../src/system/binaries/macho/macho-image.ts";
import { readMachO } from "../../../../src/system/binaries/macho/read-macho.ts";
import { checkSignature } from "./check-signature.ts";
import { makeFat, makeMachO, type MadeMachO, processors } from "./make-macho.ts";

const old = "/Library/Frameworks/Python.framework/Versions/3.13";
const sample: MadeMachO = {
  id: `${old}/lib/libssl.3.dylib`,
  needed: [`${old}/lib/libcrypto.3.dylib`, "/usr/lib/libSystem.B.dylib"],
  runPaths: ["/opt/builder/lib"],
  oldest: [10, 13],
  data: "x".repeat(9000),
  signature: 2000,
};
const renamed = (name: string) =>
  name.startsWith(old) ? `@loader_path${name.slice(old.length)}` : undefined;

describe("readMachO", () => {
  test("reads files for one processor and for several", () => {
    const { needed, runPaths, id, oldest } = sample;
    assert.deepEqual(readMachO(makeMachO(sample)), [{ processor: "x86_64", id, needed, runPaths, oldest }]);
    const fat = makeFat([sample, { processor: processors.arm64, oldest: [11, 0] }]);
    assert.deepEqual(
      readMachO(fat)?.map((each) => [each.processor, each.oldest]),
      [
        ["x86_64", [10, 13]],
        ["arm64", [11, 0]],
      ],
    );
  });

  test("rejects ELF files, Java class files and empty files", () => {
    for (const bytes of ["\x7fELF".padEnd(64, "\0"), "\xca\xfe\xba\xbe\0\0\0\x34".padEnd(64, "\0"), ""]) {
      assert.equal(isMachO(Buffer.from(bytes, "latin1")), false);
    }
  });

  test("does not throw if a byte is changed or the file is cut off (property)", () => {
    const whole = makeFat([sample]);
    fc.assert(
      fc.property(fc.nat(17000), fc.nat(255), (at, value) => {
        const broken = Buffer.from(whole);
        broken[at] = value;
        readMachO(broken);
      }),
    );
    for (let length = 0; length < 20_000; length += 37) readMachO(whole.subarray(0, length));
  });
});

describe("editMachO", () => {
  test("overwrites names and replaces the signature", () => {
    const before = makeMachO(sample);
    const after = editMachO(before, { renamed, id: "@rpath/libssl.3.dylib" }, "lib/libssl.3.dylib");
    assert.equal(after.length, before.length);
    assert.deepEqual(readMachO(after)?.[0]?.needed, [
      "@loader_path/lib/libcrypto.3.dylib",
      "/usr/lib/libSystem.B.dylib",
    ]);
    assert.equal(readMachO(after)?.[0]?.id, "@rpath/libssl.3.dylib");
    assert.equal(Buffer.from(after).includes(old), false);
    assert.equal(checkSignature(Buffer.from(after), before.length - 2000), "libssl.3.dylib");
  });

  test("edits each processor's code separately, with larger pages on arm64 if the old signature is small", () => {
    const small = { ...sample, data: "x".repeat(100_000), signature: 500, processor: processors.arm64 };
    const fat = makeFat([{ needed: ["/usr/lib/libSystem.B.dylib"] }, small]);
    const after = Buffer.from(editMachO(fat, { renamed }, "x.so"));
    assert.deepEqual(after.subarray(16384, 32768), fat.subarray(16384, 32768));
    const slice = after.subarray(32768, 32768 + makeMachO(small).length);
    checkSignature(slice, slice.length - 500);
  });

  test("refuses larger pages on Intel processors, whose kernel does not accept them", () => {
    const small = { ...sample, data: "x".repeat(100_000), signature: 500, processor: processors.x86_64 };
    assert.throws(() => editMachO(makeMachO(small), { renamed }, "x.so"), {
      code: "invalid-archive",
      message: "`x.so` can't be changed as a Mach-O file: there is no room for a signature",
    });
  });

  test("returns the same bytes if nothing has to change", () => {
    const before = makeMachO(sample);
    assert.equal(editMachO(before, { renamed: () => undefined }, "x"), before);
  });

  test("rejects names and signatures that do not fit, and broken files", () => {
    const refused = { code: "invalid-archive" } as const;
    assert.throws(() => editMachO(makeMachO(sample), { renamed: () => "x".repeat(99) }, "x"), refused);
    const tiny = makeMachO({ ...sample, signature: 30 });
    assert.throws(() => editMachO(tiny, { renamed }, "x"), refused);
    assert.throws(() => editMachO(makeMachO(sample).subarray(0, 60), { renamed }, "x"), refused);
  });
});
