import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { openZipFile } from "../../../../src/system/archives/zip/open-zip-file.ts";
import { type NewZipMember, writeZip } from "../../../../src/system/archives/zip/write-zip.ts";

function aFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "posy-zip-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

function readBack(path: string) {
  const zip = openZipFile(path);
  try {
    return zip.entries.map((entry) => ({
      path: entry.path,
      kind: entry.kind,
      mode: (entry.mode ?? 0) & 0o7777,
      data: Buffer.from(zip.readSync(entry)).toString("latin1"),
    }));
  } finally {
    zip.close();
  }
}

const members: readonly NewZipMember[] = [
  { path: "z/ü.txt", mode: 0o644, kind: "file", data: "first" },
  { path: "bin/python3", mode: 0o777, kind: "symlink", data: "python" },
  { path: "bin/python", mode: 0o755, kind: "file", data: Buffer.from("a".repeat(9999)) },
  { path: "empty", mode: 0o600, kind: "file", data: new Uint8Array() },
];
const expected = members.map(({ data, ...rest }) => ({
  ...rest,
  data: Buffer.from(data as Uint8Array).toString("latin1"),
}));

describe("writeZip", () => {
  for (const [name, options] of [
    ["without zip64", {}],
    ["with zip64 for all members", { zip64From: 0 }],
    ["with zip64 for the last members", { zip64From: 4200 }],
  ] as const) {
    test(`writes members that openZip reads back, ${name}`, async () => {
      using folder = aFolder();
      const path = join(folder.path, "new", "a.zip");
      await writeZip(path, members, options);
      assert.deepEqual(readBack(path), expected);
    });
  }

  test("gives all members the same time, within the years of zip", async () => {
    using folder = aFolder();
    const path = join(folder.path, "dated.zip");
    for (const [time, dosTime, dosDay] of [
      [undefined, 0, 0x21],
      [0, 0, 0x21],
      // 2020-09-13 12:26:40
      [1_600_000_000, (12 << 11) | (26 << 5) | 20, (40 << 9) | (9 << 5) | 13],
      [9_999_999_999, 0, (127 << 9) | (12 << 5) | 31],
    ] as const) {
      await writeZip(path, members, time === undefined ? {} : { time });
      const bytes = readFileSync(path);
      // The local header of the first member (APPNOTE 4.3.7).
      assert.deepEqual([bytes.readUInt16LE(10), bytes.readUInt16LE(12)], [dosTime, dosDay]);
    }
  });

  test("writes the same bytes each time and replaces an existing file", async () => {
    using folder = aFolder();
    const [one, other] = [join(folder.path, "1"), join(folder.path, "2")];
    writeFileSync(other, "something else");
    await writeZip(one, members);
    await writeZip(other, members);
    assert.ok(readFileSync(one).equals(readFileSync(other)));
    assert.deepEqual(readdirSync(folder.path).sort(), ["1", "2"]);
  });

  test("reads members from files, a large one in pieces", async () => {
    using folder = aFolder();
    const [small, large] = [join(folder.path, "small"), join(folder.path, "large")];
    writeFileSync(small, "small");
    writeFileSync(large, Buffer.alloc(65 * 2 ** 20, "0123456789abcdef"));
    const path = join(folder.path, "a.zip");
    const files = [large, small].map((file) => ({ path: file.slice(1), mode: 0o644, data: { file } }));
    await writeZip(
      path,
      files.map((each) => ({ ...each, kind: "file" as const })),
    );
    const zip = openZipFile(path);
    try {
      const [first, second] = zip.entries;
      assert.ok(first && second && first.compressedSize < 2 ** 20);
      assert.equal(Buffer.from(zip.readSync(second)).toString(), "small");
      assert.ok(readFileSync(large).equals(zip.readSync(first)));
    } finally {
      zip.close();
    }
  });

  test("leaves no file if a member cannot be read", async () => {
    using folder = aFolder();
    const path = join(folder.path, "a.zip");
    const missing = {
      path: "x",
      mode: 0o644,
      kind: "file",
      data: { file: join(folder.path, "none") },
    } as const;
    await assert.rejects(writeZip(path, [...members, missing]), { code: "not-found" });
    assert.ok(!existsSync(path));
    assert.deepEqual(readdirSync(folder.path), []);
  });

  test("writes more than 65,535 members", async () => {
    using folder = aFolder();
    const path = join(folder.path, "a.zip");
    const many = Array.from({ length: 0xffff }, (_, i) => `${i}`);
    await writeZip(
      path,
      many.map((name) => ({ path: name, mode: 0o644, kind: "symlink", data: "x" })),
    );
    assert.equal(readBack(path).length, 0xffff);
  });

  test("writes any content so that openZip reads it back (property)", async () => {
    using folder = aFolder();
    const path = join(folder.path, "a.zip");
    const contents = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(contents, fc.nat(3000), async (datas, zip64From) => {
        await writeZip(
          path,
          datas.map((data, i) => ({ path: `f${i}`, mode: 0o644, kind: "file", data })),
          { zip64From },
        );
        assert.deepEqual(
          readBack(path).map(({ data }) => data),
          datas.map((data) => Buffer.from(data).toString("latin1")),
        );
      }),
      { numRuns: 50 },
    );
  });
});
