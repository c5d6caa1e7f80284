import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { bytesReader, fileReader } from "../../../../src/system/archives/zip/byte-reader.ts";
import { openZip, type ZipOptions } from "../../../../src/system/archives/zip/open-zip.ts";
import { bombMembers, type ZipMember, type ZipShape, writeZip } from "../../../support/zip-writer.ts";

const open = (bytes: Uint8Array, options?: ZipOptions) =>
  openZip(bytesReader(bytes), { label: "a.zip", ...options });
const zeros = (length: number) => Buffer.alloc(length);

async function readAll(bytes: Uint8Array, options?: ZipOptions): Promise<Record<string, string>> {
  const zip = await open(bytes, options);
  const all: Record<string, string> = {};
  for (const entry of zip.entries) all[entry.path] = Buffer.from(await zip.read(entry)).toString("utf8");
  return all;
}

describe("openZip", () => {
  const long = "abc".repeat(5000);
  const valid: [string, ZipMember[], ZipShape?][] = [
    [
      "stored and deflated members",
      [
        { path: "a", data: "x", method: "stored" },
        { path: "b", data: long },
      ],
    ],
    [
      "data descriptors",
      [
        { path: "a", data: long, descriptor: true },
        { path: "b", data: "" },
      ],
    ],
    ["zip64 sizes", [{ path: "a", data: long, zip64: true }]],
    ["a zip64 end record", [{ path: "a", data: long }], { zip64: true }],
    ["a comment", [{ path: "a", data: long }], { comment: Buffer.from("made by hand") }],
    ["a gap before the directory", [{ path: "a", data: long }], { gap: zeros(100_000) }],
    ["extra fields", [{ path: "a", data: long, extra: Buffer.from([0xfe, 0xca, 2, 0, 1, 2]) }]],
    ["names with non-ASCII characters", [{ path: "ünï/日本.txt", data: long }]],
    ["an archive without members", []],
  ];
  for (const [what, members, shape] of valid) {
    test(`reads ${what}`, async () => {
      const expected = Object.fromEntries(
        members.map((member) => [String(member.path), String(member.data ?? "")]),
      );
      assert.deepEqual(await readAll(writeZip(members, shape)), expected);
    });
  }

  test("returns the kind and the mode of each member", async () => {
    const zip = await open(
      writeZip([
        { path: "d/", mode: 0o040755 },
        { path: "d/x", data: "#!", mode: 0o100755 },
        { path: "l", data: "d/x", mode: 0o120777 },
      ]),
    );
    assert.deepEqual(
      zip.entries.map((entry) => [entry.path, entry.kind, (entry.mode ?? 0) & 0o777]),
      [
        ["d", "directory", 0o755],
        ["d/x", "file", 0o755],
        ["l", "symlink", 0o777],
      ],
    );
  });

  test("reads only the members whose names end with `only`, even if others have invalid names", async () => {
    const bytes = writeZip([
      { path: "../out", data: "x" },
      { path: "a/METADATA", data: "one", descriptor: true },
      { path: "b", data: long },
      { path: "b/METADATA", data: "two" },
    ]);
    assert.deepEqual(await readAll(bytes, { only: "METADATA" }), {
      "a/METADATA": "one",
      "b/METADATA": "two",
    });
    await assert.rejects(readAll(bytes), /leaves the archive's root/);
  });

  test("reads members by their normalised names", async () => {
    const zip = await open(writeZip([{ path: "./a//b/../c", data: "x" }]));
    assert.equal(zip.entry("a/c")?.size, 1);
    assert.equal(zip.entry("a/b"), undefined);
  });

  test("decodes names as code page 437 if the UTF-8 flag is not set", async () => {
    const bytes = writeZip([
      { path: Buffer.from([0x81, 0x2e]), data: "x", local: { flags: 0 }, central: { flags: 0 } },
    ]);
    assert.deepEqual(await readAll(bytes), { "ü.": "x" });
  });

  test("reads from a file on disk", async () => {
    const dir = await mkdtemp(join(tmpdir(), "posy-zip-"));
    try {
      await writeFile(join(dir, "a.zip"), writeZip([{ path: "a", data: long }]));
      await using reader = await fileReader(join(dir, "a.zip"));
      const zip = await openZip(reader);
      assert.equal((await zip.read(zip.entries[0]!)).length, long.length);
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  test("reads every archive that the test writer makes (property)", async () => {
    const member = fc.record({
      data: fc.uint8Array({ maxLength: 3000 }),
      method: fc.constantFrom("stored" as const, "deflated" as const),
      descriptor: fc.boolean(),
      zip64: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(member, { maxLength: 6 }), fc.boolean(), async (members, zip64) => {
        const zip = await open(
          writeZip(
            members.map((m, i) => ({ ...m, zip64: m.zip64 && !m.descriptor, path: `f${i}` })),
            { zip64 },
          ),
        );
        for (const [index, { data }] of members.entries()) {
          assert.deepEqual(Buffer.from(await zip.read(zip.entry(`f${index}`)!)), Buffer.from(data));
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("openZip refuses", () => {
  const a: ZipMember = { path: "a", data: "content of a" };
  const hostile: [string, Uint8Array, RegExp, ZipOptions?][] = [
    ["an empty file", zeros(0), /no end record/],
    ["a file that is not a zip", Buffer.from("<html>".repeat(100)), /no end record/],
    ["the first half", writeZip([a, { path: "b" }]).subarray(0, 60), /no end record/],
    [
      "bytes before the archive",
      writeZip([a], { prefix: zeros(9), directoryOffset: 51 }),
      /central directory is/,
    ],
    ["bytes after the archive", writeZip([a], { suffix: zeros(3) }), /no end record/],
    [
      "a second end record in the comment",
      writeZip([a], { comment: writeZip([{ path: "b" }]) }),
      /two end records/,
    ],
    ["a wrong number of members", writeZip([a], { entries: 2 }), /says 2 members/],
    ["a central directory at another offset", writeZip([a], { directoryOffset: 3 }), /not where it is said/],
    ["a central directory of another size", writeZip([a], { directorySize: 46 }), /not where it is said/],
    ["several disks", writeZip([a], { disk: 1 }), /several disks/],
    ["an absolute path", writeZip([{ path: "/etc/x" }]), /absolute/],
    ["a path that leaves the root", writeZip([{ path: "a/../../x" }]), /leaves the archive's root/],
    ["a backslash", writeZip([{ path: "a\\b" }]), /backslash/],
    ["a drive", writeZip([{ path: "C:x" }]), /drive/],
    ["a NUL in a name", writeZip([{ path: "a\0b" }]), /control character/],
    ["an empty name", writeZip([{ path: "" }]), /is empty/],
    ["a name that is the root", writeZip([{ path: "a/.." }]), /root/],
    ["a name that is not UTF-8", writeZip([{ path: Buffer.from([0xff, 0xfe]) }]), /not UTF-8/],
    ["two members with the same name", writeZip([a, a]), /there twice/],
    ["two members with different spellings of the same name", writeZip([a, { path: "./a" }]), /there twice/],
    [
      "names that differ in case",
      writeZip([a, { path: "A" }]),
      /are one file on a disk that ignores case/,
      { foldNames: true },
    ],
    ["a file that is also a folder", writeZip([a, { path: "a/b" }]), /other members are inside/],
    [
      "a member inside a link",
      writeZip([{ path: "l", data: "/tmp", mode: 0o120777 }, { path: "l/x" }]),
      /other members are inside/,
    ],
    [
      "a link that is also a folder",
      writeZip([{ path: "l/x" }, { path: "l", mode: 0o120777 }]),
      /other members are inside/,
    ],
    ["a device", writeZip([{ path: "a", mode: 0o020644 }]), /neither file/],
    ["a folder with data", writeZip([{ path: "a/", data: "x" }]), /folder with data/],
    ["encryption", writeZip([{ ...a, flags: 1 }]), /encrypted/],
    ["bzip2", writeZip([{ ...a, method: 12 }]), /method 12/],
    [
      "an overlap with a member that is not read",
      writeZip([a, { ...a, path: "METADATA", central: { offset: 0 } }]),
      /overlaps|another name/,
      { only: "METADATA" },
    ],
    [
      "overlapping members",
      writeZip([a, { ...a, path: "b", central: { offset: 0 } }]),
      /overlaps|another name/,
    ],
    ["a member outside of the archive", writeZip([{ ...a, central: { offset: 5000 } }]), /outside/],
    [
      "a size that the data cannot have",
      writeZip([{ ...a, method: "deflated", central: { size: 2 ** 31 } }]),
      /more than/,
    ],
    [
      "a stored member with two sizes",
      writeZip([{ ...a, method: "stored", central: { size: 3 } }]),
      /two sizes/,
    ],
    ["another name in the local header", writeZip([{ ...a, local: { path: "b" } }]), /another name/],
    ["another method in the local header", writeZip([{ ...a, local: { method: 8 } }]), /another method/],
    ["another size in the local header", writeZip([{ ...a, local: { size: 9 } }]), /other sizes/],
    ["another CRC in the local header", writeZip([{ ...a, local: { crc32: 9 } }]), /other sizes/],
    ["other flags in the local header", writeZip([{ ...a, local: { flags: 1 | 0x800 } }]), /other flags/],
    ["a member without a local header", writeZip([{ ...a, local: { signature: 7 } }]), /no local header/],
    ["a damaged central directory", writeZip([{ ...a, central: { signature: 7 } }]), /directory is damaged/],
    ["missing zip64 sizes", writeZip([{ ...a, central: { size: 0xffffffff } }]), /zip64/],
    ["a wrong CRC", writeZip([{ ...a, central: { crc32: 1 }, local: { crc32: 1 } }]), /CRC/],
    [
      "a wrong CRC of a deflated member",
      writeZip([{ ...a, method: "deflated", central: { crc32: 1 }, local: { crc32: 1 } }]),
      /damaged/,
    ],
    [
      "a size that is smaller than the data",
      writeZip([{ path: "a", data: zeros(5e6), central: { size: 5000 }, local: { size: 5000 } }]),
      /damaged/,
    ],
    ["a size that is much smaller than large data", bigLie(), /damaged/],
    ["data that are not deflated", writeZip([{ path: "a", data: "garbage", method: 8 }]), /damaged/],
    ["a zip bomb", writeZip(bombMembers()), /bomb/],
    ["too many members", writeZip([a, { path: "b" }]), /bomb/, { limits: { entries: 1 } }],
    [
      "a character that Windows does not allow",
      writeZip([{ path: "a?b" }]),
      /Windows/,
      { names: "portable" },
    ],
    ["a name with a trailing dot", writeZip([{ path: "a./b" }]), /dot or a space/, { names: "portable" }],
    ["a device name of Windows", writeZip([{ path: "lib/AUX.py" }]), /device/, { names: "portable" }],
  ];
  for (const [what, bytes, message, options] of hostile) {
    test(what, async () => {
      await assert.rejects(readAll(bytes, options), (error: { code?: string; message: string }) => {
        assert.equal(error.code, "invalid-archive", error.message);
        assert.match(error.message, message);
        assert.match(error.message, /`a\.zip`/);
        return true;
      });
    });
  }

  test("a member that is larger than the limit", async () => {
    const zip = await open(writeZip([a]));
    await assert.rejects(zip.read(zip.entries[0]!, 5), /12 bytes, more than 5/);
  });

  test("an archive with a changed byte, or else reads the same content (property)", async () => {
    const bytes = writeZip([
      a,
      { path: "b", data: "b".repeat(500) },
      { path: "c", data: "c", descriptor: true },
    ]);
    const original = await readAll(bytes);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] as number) ^ flip;
        try {
          const read = await readAll(changed);
          // Dates, modes and versions are not content.
          assert.deepEqual(Object.values(read), Object.values(original));
        } catch (error) {
          assert.equal((error as { code?: string }).code, "invalid-archive", String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });
});

/** An archive whose data are too large for libdeflate, and unpack to far more than their declared size. */
function bigLie(): Buffer {
  const raw = deflateRawSync(zeros(300e6), { level: 1 });
  return writeZip([
    { path: "a", data: raw, method: 8, central: { size: 5e6, crc32: 0 }, local: { size: 5e6, crc32: 0 } },
  ]);
}
