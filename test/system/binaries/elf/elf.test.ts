import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { editElf, type ElfEdit } from "../../../../src/system/binaries/elf/edit-elf.ts";
import { ElfImage } from "../../../../src/system/binaries/elf/elf-image.ts";
import { readElf } from "../../../../src/system/binaries/elf/read-elf.ts";
import { requiredSymbols } from "../../../../src/system/binaries/elf/required-symbols.ts";
import { stripElf } from "../../../../src/system/binaries/elf/strip-elf.ts";
import { type MadeElf, makeElf } from "./make-elf.ts";

const sample: MadeElf = {
  needed: ["libssl.so.3", "libc.so.6"],
  soname: "_ssl.so",
  runPath: "/home/builder/python/lib",
  versions: { "libssl.so.3": ["OPENSSL_3.0.0"], "libc.so.6": ["GLIBC_2.4", "GLIBC_2.34"] },
  symbols: ["PyInit__ssl", "SSL_new"],
  data: "some data",
  debug: "names of everything",
};

const kinds: readonly (readonly [string, MadeElf])[] = [
  ["64 bits", {}],
  ["32 bits", { bits: 32, machine: 3 }],
  ["64 bits, big-endian", { bigEndian: true, machine: 22 }],
  ["32 bits, big-endian", { bits: 32, bigEndian: true, machine: 20 }],
];

describe("readElf", () => {
  for (const [name, kind] of kinds) {
    test(`reads names, run path and symbol versions: ${name}`, () => {
      assert.deepEqual(readElf(makeElf({ ...sample, ...kind })), {
        machine: kind.machine ?? 62,
        bits: kind.bits ?? 64,
        isProgram: false,
        soname: "_ssl.so",
        needed: ["libssl.so.3", "libc.so.6"],
        runPath: "/home/builder/python/lib",
        versions: new Map([
          ["libssl.so.3", ["OPENSSL_3.0.0"]],
          ["libc.so.6", ["GLIBC_2.4", "GLIBC_2.34"]],
        ]),
      });
    });
  }

  test("returns the loader of a program", () => {
    const elf = readElf(makeElf({ interpreter: "/lib64/ld-linux-x86-64.so.2" }));
    assert.equal(elf?.interpreter, "/lib64/ld-linux-x86-64.so.2");
    assert.equal(elf.isProgram, true);
  });

  test("does not throw for files that are cut off or not ELF", () => {
    assert.equal(readElf(Buffer.from("#!/bin/sh\n")), undefined);
    assert.equal(readElf(new Uint8Array()), undefined);
    const whole = makeElf(sample);
    for (let length = 0; length < whole.length; length++) readElf(whole.subarray(0, length));
    assert.equal(readElf(whole.subarray(0, 200)), undefined);
  });

  test("does not throw if any byte is changed (property)", () => {
    const whole = makeElf(sample);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const broken = Uint8Array.from(whole);
        broken[at] = value;
        readElf(broken);
      }),
    );
  });
});

describe("requiredSymbols", () => {
  for (const [name, kind] of kinds) {
    test(`returns each symbol with its version and library: ${name}`, () => {
      const symbols = ["SSL_new@OPENSSL_3.0.0", "__libc_start_main@GLIBC_2.34", "plain"];
      assert.deepEqual(requiredSymbols(makeElf({ ...sample, ...kind, symbols })), [
        { name: "SSL_new", version: "OPENSSL_3.0.0", library: "libssl.so.3" },
        { name: "__libc_start_main", version: "GLIBC_2.34", library: "libc.so.6" },
        { name: "plain" },
      ]);
    });
  }

  test("does not throw if any byte is changed (property)", () => {
    const whole = makeElf({ ...sample, symbols: ["a@GLIBC_2.4"] });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const broken = Uint8Array.from(whole);
        broken[at] = value;
        requiredSymbols(broken);
      }),
    );
    assert.deepEqual(requiredSymbols(Buffer.from("#!/bin/sh\n")), []);
  });
});

/** Makes a file, edits it, and returns the bytes before and after. */
function afterEdit(made: MadeElf, edit: ElfEdit): { bytes: Uint8Array; before: Uint8Array } {
  const before = makeElf(made);
  return { before, bytes: editElf(before, edit, "made") };
}

describe("editElf", () => {
  test("overwrites the run path with a shorter one and changes nothing else", () => {
    const { bytes, before } = afterEdit(sample, { runPath: "$ORIGIN/../.." });
    assert.equal(bytes.length, before.length);
    assert.equal(readElf(bytes)?.runPath, "$ORIGIN/../..");
    assert.equal(Buffer.from(bytes).includes("/home/builder"), false);
    const changed = [...before.keys()].filter((at) => before[at] !== bytes[at]);
    assert.ok(changed.length <= "/home/builder/python/lib".length);
  });

  test("keeps the old run path if another string shares its end", () => {
    const shared = { ...sample, symbols: ["lib", "SSL_new"] };
    const { bytes } = afterEdit(shared, { runPath: "$ORIGIN" });
    assert.equal(readElf(bytes)?.runPath, "$ORIGIN");
    assert.ok(Buffer.from(bytes).includes("/home/builder/python/lib\0"));
  });

  for (const [name, kind] of kinds) {
    for (const spare of [1, 2, 5]) {
      for (const interpreter of [undefined, "/lib/ld.so"]) {
        const what = `${name}, ${spare} empty entries, ${interpreter === undefined ? "library" : "program"}`;
        test(`appends names and run paths that do not fit: ${what}`, () => {
          const { runPath: _, ...without } = sample;
          const made = { ...without, ...kind, spare, ...(interpreter === undefined ? {} : { interpreter }) };
          const edit = {
            runPath: "$ORIGIN/../../lib",
            soname: "renamed-0123abcd.so",
            needed: new Map([["libssl.so.3", "libssl-0123abcd.so.3"]]),
          };
          const { before, bytes } = afterEdit(made, edit);
          const old = readElf(before);
          const elf = readElf(bytes);
          assert.deepEqual(elf, {
            ...old,
            soname: edit.soname,
            runPath: edit.runPath,
            needed: ["libssl-0123abcd.so.3", "libc.so.6"],
            versions: new Map([
              ["libssl-0123abcd.so.3", ["OPENSSL_3.0.0"]],
              ["libc.so.6", ["GLIBC_2.4", "GLIBC_2.34"]],
            ]),
          });
          holdsTogether(bytes);
          assert.deepEqual(editElf(bytes, edit, "made"), bytes, "a second edit changes nothing");
        });
      }
    }
  }

  test("returns the same bytes if nothing has to change", () => {
    const { bytes, before } = afterEdit(sample, { needed: new Map([["libz.so.1", "x"]]), soname: "_ssl.so" });
    assert.deepEqual(bytes, before);
    assert.deepEqual(afterEdit({ needed: [] }, { runPath: "" }).bytes, makeElf({ needed: [] }));
  });

  test("keeps DT_RPATH instead of DT_RUNPATH", () => {
    const { bytes } = afterEdit({ ...sample, old: true }, { runPath: `$ORIGIN/${"x".repeat(60)}` });
    const image = new ElfImage(bytes);
    const tags = image.dynamic(image.segments()).map(({ tag }) => tag);
    assert.ok(tags.includes(15) && !tags.includes(29));
  });

  test("rejects broken files and names them", () => {
    const whole = makeElf(sample);
    for (const bytes of [Buffer.from("text"), whole.subarray(0, 300)]) {
      assert.throws(() => editElf(bytes, { runPath: "$ORIGIN/far/away/from/here/indeed" }, "lib/x.so"), {
        code: "invalid-archive",
        message: /lib\/x\.so/,
      });
    }
  });
});

/** Checks the rules of the format that loaders enforce. */
function holdsTogether(bytes: Uint8Array): void {
  const image = new ElfImage(bytes);
  const loads = image.segments().filter(({ type }) => type === 1);
  for (const [index, load] of loads.entries()) {
    assert.ok(load.offset + load.fileSize <= bytes.length, "a segment ends after the file");
    assert.ok(load.align < 2 || (load.address - load.offset) % load.align === 0, "not congruent to its page");
    const next = loads[index + 1];
    if (next !== undefined) assert.ok(next.address >= load.address + load.memorySize, "segments overlap");
  }
  const headers = image.header("segmentsAt");
  const container = loads.find(({ offset, fileSize }) => headers >= offset && headers < offset + fileSize);
  assert.ok(container, "the program headers are not loaded");
  if (image.segments().some(({ type }) => type === 3)) {
    const [first] = loads;
    assert.equal(
      container.address - container.offset,
      (first?.address ?? 0) - (first?.offset ?? 0),
      "old kernels compute a wrong address of the headers",
    );
  }
  const [, strings] = image.sections();
  const dynamic = image.dynamic(image.segments());
  assert.equal(strings?.address, dynamic.find(({ tag }) => tag === 5)?.value);
  assert.equal(strings?.size, dynamic.find(({ tag }) => tag === 10)?.value);
}

describe("stripElf", () => {
  for (const [name, kind] of kinds) {
    test(`removes sections that are not loaded: ${name}`, () => {
      const whole = makeElf({ ...sample, ...kind, debug: "names of everything".repeat(40) });
      const bytes = stripElf(whole);
      assert.equal(Buffer.from(bytes).includes("names of everything"), false);
      assert.ok(Buffer.from(bytes).includes("some data"));
      assert.deepEqual(readElf(bytes), readElf(whole));
      const image = new ElfImage(bytes);
      const names = image.sections()[image.header("sectionNames")]?.offset ?? 0;
      assert.deepEqual(
        image.sections().map((section) => image.text(names + section.name)),
        ["", ".dynstr", ".dynsym", ".dynamic", ".data", ".shstrtab"],
      );
      assert.equal(stripElf(bytes), bytes, "a second call removes nothing");
    });
  }

  test("returns other files unchanged", () => {
    const text = Buffer.from("#!/bin/sh\n");
    assert.equal(stripElf(text), text);
  });
});
