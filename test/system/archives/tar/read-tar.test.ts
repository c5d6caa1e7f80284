import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readTar, type TarMember, type TarOptions } from "../../../../src/system/archives/tar/read-tar.ts";
import { type NewTarMember, writeTar } from "../../../support/tar-writer.ts";

async function read(
  bytes: Uint8Array,
  piece = 700,
  wanted?: (path: string) => boolean,
  options?: TarOptions,
): Promise<TarMember[]> {
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  };
  const members: TarMember[] = [];
  for await (const member of readTar(chunks(), "a.tar", wanted, options)) {
    members.push({ ...member, data: Buffer.from(member.data) });
  }
  return members;
}

const long = `${"deep/".repeat(40)}file`;
const valid: readonly NewTarMember[] = [
  { path: "./", type: "5" },
  { path: "a/", type: "5", mode: 0o755 },
  { path: "a/program", data: "x".repeat(2000), mode: 0o755 },
  { path: "a/link", target: "program" },
  { path: "a/again", target: "a/program", type: "1" },
  { path: long, data: "long" },
  { path: "empty" },
];

describe("readTar", () => {
  for (const piece of [1, 511, 512, 700, 1e6]) {
    test(`reads files, folders, links and long names, in pieces of ${piece}`, async () => {
      const members = await read(writeTar(valid), piece);
      assert.deepEqual(
        members.map(({ path, kind, mode, target, data }) => [path, kind, mode, target, data.length]),
        [
          ["a", "directory", 0o755, "", 0],
          ["a/program", "file", 0o755, "", 2000],
          ["a/link", "symlink", 0o644, "program", 0],
          ["a/again", "hardlink", 0o644, "a/program", 0],
          [long, "file", 0o644, "", 4],
          ["empty", "file", 0o644, "", 0],
        ],
      );
    });
  }

  test("skips members that the filter excludes", async () => {
    const members = await read(writeTar(valid), 700, (path) => path === "empty");
    assert.deepEqual(
      members.map(({ path }) => path),
      ["empty"],
    );
  });

  const old: Readonly<Record<string, readonly [Uint8Array, string]>> = {
    "an archive without blocks of zeros at the end": [
      writeTar([{ path: "x", data: "x" }]).subarray(0, 1024),
      "file",
    ],
    "an archive with a part of a block of zeros at the end": [
      writeTar([{ path: "x", data: "x" }]).subarray(0, 1100),
      "file",
    ],
    "a folder with a size": [writeTar([{ path: "x", type: "5", size: 4096 }]), "directory"],
    "a hard link with a size": [writeTar([{ path: "x", type: "1", target: "y", size: 7 }]), "hardlink"],
    "a checksum of signed bytes": [writeTar([{ path: "xé", signedChecksum: true }]), "file"],
    "a contiguous file": [writeTar([{ path: "x", type: "7", data: "x" }]), "file"],
    "an old format's folder without a type": [writeTar([{ path: "x/", type: "\0" }]), "directory"],
  };
  for (const [title, [bytes, kind]] of Object.entries(old)) {
    test(`accepts ${title} in lenient mode`, async () => {
      const members = await read(bytes, 700, undefined, { lenient: true });
      assert.deepEqual(
        members.map((member) => member.kind),
        [kind],
      );
    });
  }

  const invalidIfLenient: Readonly<Record<string, Uint8Array>> = {
    "an archive that is cut off in a member": writeTar(valid).subarray(0, 3000),
    "an archive that is cut off in a header": writeTar(valid).subarray(0, 700),
    "an empty file": Buffer.alloc(0),
    "a file of zeros": Buffer.alloc(10240),
    "a sparse file": writeTar([{ path: "x", type: "S" }]),
    "a pipe": writeTar([{ path: "x", type: "6" }]),
    "an unknown type": writeTar([{ path: "x", type: "Z" }]),
    "a sparse file of pax": writeTar([{ path: "x", pax: { "GNU.sparse.major": "1" } }]),
    "a negative size": writeTar([{ path: "x", pax: { size: "-1" } }]),
    "a size that is too large": writeTar([{ path: "x", pax: { size: "9e15" } }]),
  };
  for (const [title, bytes] of Object.entries(invalidIfLenient)) {
    test(`refuses ${title} even in lenient mode`, () =>
      assert.rejects(read(bytes, 700, undefined, { lenient: true }), { code: "invalid-archive" }));
  }

  test("reads times from headers, and with fractions from pax", async () => {
    const members = await read(
      writeTar([
        { path: "a", mtime: 1_000_000_000 },
        { path: "b", mtime: 1, pax: { mtime: "1500000000.25" } },
        { path: "c" },
      ]),
    );
    assert.deepEqual(
      members.map(({ mtime }) => mtime),
      [1_000_000_000, 1_500_000_000.25, 0],
    );
  });

  const bad: Readonly<Record<string, Uint8Array>> = {
    "a name that leaves the root": writeTar([{ path: "../x", data: "x" }]),
    "an absolute name": writeTar([{ path: "/x", data: "x" }]),
    "a device": writeTar([{ path: "x", type: "3" }]),
    "a wrong checksum": writeTar([{ path: "x", checksum: 1 }]),
    "a link with data": writeTar([{ path: "x", target: "y", data: "x" }]),
    "an archive that is cut off": writeTar(valid).subarray(0, 3000),
    "an archive without an end": writeTar([{ path: "x" }]).subarray(0, 512),
    "a file that is not an archive": Buffer.from("x".repeat(2000)),
  };
  for (const [title, bytes] of Object.entries(bad)) {
    test(`refuses ${title}`, () => assert.rejects(read(bytes), { code: "invalid-archive" }));
  }

  test("ignores pax records with an invalid length", async () => {
    for (const length of ["0", "1e-9", "-5", "0x10", "1.5", "3"]) {
      const data = `${length} path=other\n`;
      const members = await read(writeTar([{ path: "pax", type: "x", data }, { path: "x" }]));
      assert.deepEqual(
        members.map(({ path }) => path),
        ["x"],
      );
    }
  });

  test("refuses an archive with changed bytes, or returns safe paths (property)", async () => {
    const whole = writeTar([...valid, { path: "p", pax: { mtime: "1.5", size: "3" }, data: "abc" }]);
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (changes, lenient) => {
          const bytes = Buffer.from(whole);
          for (const { at, byte } of changes) bytes[at] = byte;
          try {
            for (const { path } of await read(bytes, 1000, undefined, { lenient })) {
              assert.ok(!path.startsWith("/") && !path.split("/").includes(".."), path);
            }
          } catch (error) {
            assert.equal((error as { code?: string }).code, "invalid-archive", String(error));
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
