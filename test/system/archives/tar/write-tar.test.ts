import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, mkdtempSync, readFileSync, readlinkSync } from "node:fs";
import { chmod, mkdir, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import { PosyError } from "../../../../src/errors/posy-error.ts";
import { readTar } from "../../../../src/system/archives/tar/read-tar.ts";
import { type NewTarMember, writeTar } from "../../../../src/system/archives/tar/write-tar.ts";

const sandbox = mkdtempSync(join(tmpdir(), "posy-write-tar-"));
after(() => rm(sandbox, { recursive: true, force: true }));

async function written(members: readonly NewTarMember[]): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of writeTar(members)) pieces.push(piece);
  return Buffer.concat(pieces);
}

function file(path: string, content: string | Uint8Array = "", mode = 0o644, mtime = 0): NewTarMember {
  return { kind: "file", path, mode, mtime, source: { bytes: Buffer.from(content) } };
}

const names = {
  short: "a.txt",
  "100 bytes": "n".repeat(100),
  "101 bytes without a slash": "n".repeat(101),
  "that fits prefix and name": `${"p".repeat(155)}/${"n".repeat(100)}`,
  "whose prefix is one byte too long": `${"p".repeat(156)}/${"n".repeat(100)}`,
  "whose last part is one byte too long": `${"p".repeat(20)}/${"n".repeat(101)}`,
  "with many parts": `${"deep/".repeat(80)}file`,
  "that is not ASCII": "straße/日本語/e\u0301.txt",
  "that is long and not ASCII": `${"ü/".repeat(120)}x`,
  "with an equals sign": "a=b c",
};

const everything: readonly NewTarMember[] = [
  { kind: "directory", path: "folder", mode: 0o755, mtime: 7 },
  ...Object.values(names).map((path, index) => file(`folder/${path}`, "x".repeat(index * 511), 0o755, 1e9)),
  { kind: "symlink", path: "folder/link", target: "a.txt", mtime: 0 },
  { kind: "symlink", path: "folder/far-link", target: `${"f/".repeat(60)}ü`, mtime: 0 },
];

describe("writeTar", () => {
  for (const [what, path] of Object.entries(names)) {
    test(`writes a name ${what} that readTar reads again`, async () => {
      const both = await readAll(await written([file(path, "content"), file("next", "more")]));
      assert.deepEqual(
        both.map((member) => [member.path, Buffer.from(member.data).toString()]),
        [
          [path, "content"],
          ["next", "more"],
        ],
      );
    });
  }

  test("uses a pax header only if a name needs it", async () => {
    const lengths = async (path: string) => (await written([file(path)])).length;
    assert.equal(await lengths(names["100 bytes"]), 512 + 1024);
    assert.equal(await lengths(names["that fits prefix and name"]), 512 + 1024);
    assert.equal(await lengths(names["whose prefix is one byte too long"]), 3 * 512 + 1024);
    assert.equal(await lengths("ü"), 3 * 512 + 1024);
  });

  test("writes any members so that readTar reads them again", async () => {
    const part = fc.oneof(
      fc.stringMatching(/^[a-z0-9_.-]{1,60}$/),
      fc.string({ unit: "grapheme", minLength: 1 }),
    );
    const path = fc
      .array(
        part.filter((text) => !/[\\/\p{Cc}:*?"<>|]/u.test(text) && !/^\.+$|^\s|[\s.]$/.test(text)),
        { minLength: 1, maxLength: 12 },
      )
      .map((parts) => parts.join("/"));
    const member = fc.oneof(
      fc.record({
        kind: fc.constant("file" as const),
        path,
        mode: fc.nat(0o777),
        mtime: fc.oneof(fc.nat(), fc.constantFrom(8 ** 11 - 1, 8 ** 11)),
        source: fc.record({ bytes: fc.uint8Array({ maxLength: 2000 }) }),
      }),
      fc.record({ kind: fc.constant("symlink" as const), path, target: path, mtime: fc.nat() }),
      fc.record({ kind: fc.constant("directory" as const), path, mode: fc.nat(0o777), mtime: fc.nat() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(member, { maxLength: 6 }), async (members) => {
        const read = await readAll(await written(members));
        assert.deepEqual(
          read.map(({ path, kind, mtime, target }) => ({ path, kind, mtime, target })),
          members.map((given) => ({
            path: given.path,
            kind: given.kind,
            mtime: given.mtime,
            target: given.kind === "symlink" ? given.target : "",
          })),
        );
        for (const [index, given] of members.entries()) {
          if (given.kind !== "file" || !("bytes" in given.source)) continue;
          assert.deepEqual(Buffer.from(read[index]?.data ?? []), Buffer.from(given.source.bytes));
          assert.equal(read[index]?.mode, given.mode);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("takes the content of small and large files, but not their mode and their time", async () => {
    const large = Buffer.alloc((4 << 20) + 77, "abc");
    const bytes = async (mode: number, time: number) => {
      for (const [name, content] of [
        ["small", "small"],
        ["large", large],
      ] as const) {
        const path = join(sandbox, name);
        await rm(path, { force: true });
        await writeFile(path, content);
        await chmod(path, mode);
        await utimes(path, time, time);
      }
      return written(
        ["small", "large"].map((name) => ({
          kind: "file",
          path: name,
          mode: 0o644,
          mtime: 0,
          source: { path: join(sandbox, name) },
        })),
      );
    };
    const first = await bytes(0o600, 1000);
    assert.deepEqual(await bytes(0o755, 2e9), first);
    const [, second] = await readAll(first);
    assert.ok(large.equals(second?.data ?? Buffer.alloc(0)));
  });

  test("writes the same bytes on every machine", async () => {
    const digest = createHash("sha256")
      .update(await written(everything))
      .digest("hex");
    assert.equal(digest, "68339f4a4855146ede94c39008b2565ff624c4fa970089e3efbe95055530a3bb");
  });

  test("refuses a file that changes while it is read", async () => {
    const path = join(sandbox, "changing");
    await writeFile(path, Buffer.alloc(6 << 20));
    const reading = async () => {
      for await (const _ of writeTar([
        { kind: "file", path: "x", mode: 0o644, mtime: 0, source: { path } },
      ])) {
        await truncate(path, 5 << 20);
      }
    };
    await assert.rejects(reading, (error) => error instanceof PosyError && error.code === "filesystem");
  });

  test("says which file is missing", async () => {
    const path = join(sandbox, "missing");
    await assert.rejects(
      written([{ kind: "file", path: "x", mode: 0o644, mtime: 0, source: { path } }]),
      (error) => error instanceof PosyError && error.message.includes(path),
    );
  });

  test("refuses a name with a NUL byte", async () => {
    await assert.rejects(written([file("a\0b")]), /contains a NUL byte/);
  });

  test("is unpacked by GNU tar and bsdtar", { skip: process.platform === "win32" }, async (context) => {
    let programs = 0;
    for (const program of ["tar", "bsdtar"]) {
      try {
        execFileSync(program, ["--version"], { stdio: "ignore" });
      } catch {
        continue;
      }
      programs += 1;
      const root = join(sandbox, program);
      await mkdir(root);
      execFileSync(program, ["-x", "-p", "-f", "-", "-C", root], { input: await written(everything) });
      for (const member of everything) {
        const path = join(root, member.path);
        if (member.kind === "symlink") assert.equal(readlinkSync(path), member.target);
        if (member.kind !== "file" || !("bytes" in member.source)) continue;
        assert.deepEqual(readFileSync(path), Buffer.from(member.source.bytes));
        assert.equal(lstatSync(path).mode & 0o777, member.mode);
        assert.equal(lstatSync(path).mtimeMs / 1000, member.mtime);
      }
    }
    if (programs === 0) context.skip("there is no tar program");
  });
});

async function readAll(bytes: Uint8Array) {
  const pieces = (async function* () {
    yield bytes;
  })();
  const members = [];
  for await (const member of readTar(pieces, "a.tar")) {
    members.push({ ...member, data: Buffer.from(member.data) });
  }
  return members;
}
