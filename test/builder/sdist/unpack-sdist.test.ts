import assert from "node:assert/strict";
import { mkdtempSync, readdirSync } from "node:fs";
import { lstat, mkdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { unpackSdist } from "../../../src/builder/sdist/unpack-sdist.ts";
import { makeSdist } from "../../support/make-sdist.ts";
import { type NewTarMember, writeTar } from "../../support/tar-writer.ts";
import { writeZip } from "../../support/zip-writer.ts";

const sandbox = mkdtempSync(join(tmpdir(), "posy-sdist-"));
after(() => rm(sandbox, { recursive: true, force: true }));
let count = 0;

async function unpack(filename: string, bytes: Uint8Array): Promise<string> {
  const folder = join(sandbox, String(count++));
  const into = join(folder, "into");
  await mkdir(into, { recursive: true });
  await writeFile(join(folder, filename), bytes);
  return unpackSdist(join(folder, filename), filename, into);
}

const unpackTar = (members: readonly NewTarMember[]) => unpack("foo-1.0.tar", writeTar(members));
const modeOf = async (path: string) => (await stat(path)).mode & 0o7777;

describe("every format of source distributions", () => {
  // Two members, `PKG-INFO` and the program `run` of mode 775, from Python's tarfile, bz2 and lzma and from zstd.
  const kept: Readonly<Record<string, string>> = {
    ".tar.bz2":
      "QlpoOTFBWSZTWSLAZNAAAGPfgMoQaAP/kAGpwgBzY54ACIggAJKIk9Q00aADQAeoDR6glEU/U1MgYEbU0xAyGS31vDUgoKwIj+OZVVMDFIpARFEz9vLadGLuBtrWiscgnM3EZzYAY92AmoGkiOiSFw+A4cCAJyAViCYQFLvJFHKTCUTiFeg61hq+a0z2QaHgWD5A+ak4h/F3JFOFCQIsBk0A",
    ".tar.xz":
      "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Av/AHtdADMb7FoxF/lri/v94Z1EuzZKz5iDU6BkH7M6y1q0Cykac9yJIciaR4CZtgNsFlKfYtdcjFLUjzM5E7bqHWHwHJfwIxP9XvvXEeeCDtn3bKgwM/pcQH5Wq1+0g0IFh9NXfF6s0xP0NG7fIHW4BIvwprc2cgSxQk6zXr3hAAAAJOEm8axbaa4AAZcBgBgAAGWfOgGxxGf7AgAAAAAEWVo=",
  };
  for (const [extension, base64] of Object.entries(kept)) {
    test(`unpacks ${extension}`, async () => {
      const root = await unpack(`foo-1.0${extension}`, Buffer.from(base64, "base64"));
      assert.equal(await readFile(join(root, "PKG-INFO"), "utf8"), "Name: foo\n");
      assert.equal(await modeOf(join(root, "run")), 0o755);
      assert.equal((await stat(join(root, "run"))).mtimeMs, 1_500_000_000_000);
    });
    test(`refuses a truncated ${extension}`, () =>
      assert.rejects(unpack(`foo-1.0${extension}`, Buffer.from(base64, "base64").subarray(0, 120)), {
        code: "invalid-archive",
      }));
  }

  const program = { data: "#!/bin/sh\n", mode: 0o775 };
  for (const extension of [".tar.gz", ".tgz", ".tar", ".zip"] as const) {
    test(`unpacks ${extension}`, async () => {
      const { filename, bytes } = makeSdist({
        name: "foo",
        extension,
        files: { "src/foo.py": "x = 1\n", run: program },
      });
      const root = await unpack(filename, bytes);
      assert.match(root, /into[/\\]foo-1\.0$/);
      assert.deepEqual(readdirSync(root).sort(), ["PKG-INFO", "run", "src"]);
      assert.equal(await readFile(join(root, "src", "foo.py"), "utf8"), "x = 1\n");
      assert.equal(await modeOf(join(root, "run")), 0o755);
      assert.equal(await modeOf(join(root, "PKG-INFO")), 0o644);
    });
  }

  const { bytes } = makeSdist({ name: "foo", files: { "data.bin": Buffer.alloc(100_000, 7) } });
  const plain = makeSdist({
    name: "foo",
    extension: ".tar",
    files: { "data.bin": Buffer.alloc(100_000, 7) },
  }).bytes;
  const gzips: Readonly<Record<string, Uint8Array>> = {
    "several members": Buffer.concat([gzipSync(plain.subarray(0, 5000)), gzipSync(plain.subarray(5000))]),
    "trailing zeros": Buffer.concat([bytes, Buffer.alloc(512)]),
    "trailing data": Buffer.concat([bytes, Buffer.from("and so on, and so on")]),
  };
  for (const [title, each] of Object.entries(gzips)) {
    test(`unpacks gzip with ${title}`, async () => {
      const root = await unpack("foo-1.0.tar.gz", each);
      assert.equal((await stat(join(root, "data.bin"))).size, 100_000);
    });
  }
  const damaged = Buffer.from(bytes);
  damaged[damaged.length - 6] = (damaged[damaged.length - 6] as number) ^ 1;
  const broken: Readonly<Record<string, [string, Uint8Array]>> = {
    "a gzip with a wrong checksum": ["foo-1.0.tar.gz", damaged],
    "a gzip without its checksum": ["foo-1.0.tar.gz", bytes.subarray(0, -8)],
    "a tar named `.tar.gz`": ["foo-1.0.tar.gz", plain],
    "a gzip named `.zip`": ["foo-1.0.zip", bytes],
    "a gzip named `.xz`": ["foo-1.0.tar.xz", bytes],
    "a gzip named `.bz2`": ["foo-1.0.tar.bz2", bytes],
    "an unknown extension": ["foo-1.0.rar", bytes],
    "a decompression bomb": [
      "foo-1.0.tar.gz",
      gzipSync(Buffer.concat([plain.subarray(0, 512), bombOf(300)])),
    ],
  };
  for (const [title, [filename, each]] of Object.entries(broken)) {
    test(`refuses ${title}`, () => assert.rejects(unpack(filename, each), { code: "invalid-archive" }));
  }
});

/** A member of the given size in MiB, whose header has the true size. */
function bombOf(size: number): Buffer {
  return writeTar([{ path: "foo-1.0/zeros", data: Buffer.alloc(size << 20) }]);
}

describe("unpacked members", () => {
  test("keep links inside the tree, also hard links to later members and through other links", async () => {
    const root = await unpackTar([
      { path: "foo-1.0/first", type: "1", target: "foo-1.0/second" },
      { path: "foo-1.0/second", type: "1", target: "foo-1.0/a/file" },
      { path: "foo-1.0/a/file", data: "x" },
      { path: "foo-1.0/a/up", target: "../b/../a/file" },
      { path: "foo-1.0/folder", target: "a" },
      { path: "foo-1.0/nowhere", target: "a/missing" },
      { path: "foo-1.0/round", target: "round" },
      { path: "foo-1.0/same", type: "1", target: "foo-1.0/folder" },
      { path: "foo-1.0/b/", type: "5" },
    ]);
    for (const name of ["first", "second", "a/up", "folder/file", "same/file"]) {
      assert.equal(await readFile(join(root, name), "utf8"), "x", name);
    }
    assert.equal((await stat(join(root, "first"))).ino, (await stat(join(root, "a/file"))).ino);
    assert.equal(await readlink(join(root, "nowhere")), "a/missing");
    assert.ok((await lstat(join(root, "same"))).isSymbolicLink());
  });

  const modes: readonly [number, number][] = [
    [0o644, 0o644],
    [0o666, 0o644],
    [0o777, 0o755],
    [0o6755, 0o755],
    [0o1777, 0o755],
    [0o400, 0o600],
    [0o000, 0o600],
    [0o654, 0o644],
    [0o711, 0o711],
  ];
  for (const [written, kept] of modes) {
    test(`of mode ${written.toString(8)} get mode ${kept.toString(8)}`, async () => {
      const root = await unpackTar([{ path: "foo-1.0/x", mode: written }]);
      assert.equal(await modeOf(join(root, "x")), kept);
    });
  }

  test("keep their times, limited to those that a zip can hold", async () => {
    const root = await unpackTar([
      { path: "foo-1.0/configure.ac", mtime: 1_000_000_000 },
      { path: "foo-1.0/configure", mtime: 1_000_000_001 },
      { path: "foo-1.0/old", mtime: 0 },
      { path: "foo-1.0/new", mtime: 0o77777777777 },
    ]);
    const seconds = async (name: string) => (await stat(join(root, name))).mtimeMs / 1000;
    assert.equal(await seconds("configure.ac"), 1_000_000_000);
    assert.equal(await seconds("configure"), 1_000_000_001);
    assert.equal(await seconds("old"), Date.UTC(1980, 0, 2) / 1000);
    assert.equal(await seconds("new"), Date.UTC(2107, 11, 30) / 1000);
  });

  test("may appear twice: the last file counts, and a file replaces a link", async () => {
    const root = await unpackTar([
      { path: "foo-1.0/x", data: "first", mode: 0o755 },
      { path: "foo-1.0/x", data: "last" },
      { path: "foo-1.0/y", target: "x" },
      { path: "foo-1.0/y", data: "file" },
      { path: "foo-1.0/z", data: "file" },
      { path: "foo-1.0/z", target: "x" },
      { path: "foo-1.0/a/", type: "5" },
      { path: "foo-1.0/a", type: "5" },
    ]);
    assert.equal(await readFile(join(root, "x"), "utf8"), "last");
    assert.equal(await modeOf(join(root, "x")), 0o644);
    assert.equal(await readFile(join(root, "y"), "utf8"), "file");
    assert.equal(await readlink(join(root, "z")), "x");
  });

  test("next to the root folder are ignored if known tools write them", async () => {
    const root = await unpackTar([
      { path: "pax_global_header", data: "52 comment=x\n" },
      { path: "./._foo-1.0", data: "mac" },
      { path: "./foo-1.0/x", data: "x" },
    ]);
    assert.deepEqual(readdirSync(join(root, "..")), ["foo-1.0"]);
  });

  test("may have long names and names outside ASCII", async () => {
    const deep = `foo-1.0/${"folder/".repeat(30)}file`;
    const root = await unpackTar([
      { path: deep, data: "x" },
      { path: "foo-1.0/é", data: "x" },
    ]);
    assert.equal(await readFile(join(root, "..", deep), "utf8"), "x");
    assert.equal(await readFile(join(root, "é"), "utf8"), "x");
  });
});

const file = { path: "foo-1.0/x", data: "x" };

describe("refuses", () => {
  const cases: Readonly<Record<string, readonly [readonly NewTarMember[], RegExp]>> = {
    "an empty archive": [[], /is empty/],
    "two root folders": [[file, { path: "bar/x" }], /`foo-1.0` and `bar`/],
    "a file next to the root folder": [[file, { path: "setup.py" }], /`foo-1.0` and `setup.py`/],
    "a file without a folder": [[{ path: "setup.py" }], /"setup.py"/],
    "an absolute name": [[file, { path: "/etc/x" }], /"\/etc\/x" is absolute/],
    "a name that leaves the folder": [[file, { path: "foo-1.0/../../x" }], /"foo-1.0\/..\/..\/x" leaves/],
    "a device": [[{ path: "foo-1.0/tty", type: "3" }], /"foo-1.0\/tty" is a character device/],
    "a pipe": [[{ path: "foo-1.0/pipe", type: "6" }], /"foo-1.0\/pipe" is a pipe/],
    "an absolute link": [
      [{ path: "foo-1.0/l", target: "/etc/passwd" }],
      /"foo-1.0\/l" is a link to an absolute/,
    ],
    "a link that leads out": [
      [file, { path: "foo-1.0/l", target: "../../x" }],
      /"foo-1.0\/l" is a link that leads out/,
    ],
    "a link to a path next to the root folder": [
      [file, { path: "foo-1.0/l", target: "../other" }],
      /"foo-1.0\/l" is a link that leads out/,
    ],
    "a link that leads out through another link": [
      [
        { path: "foo-1.0/a/b/up", target: "../.." },
        { path: "foo-1.0/l", target: "a/b/up/../x" },
      ],
      /"foo-1.0\/l" is a link that leads out/,
    ],
    "a link that leads out on a disk that ignores case": [
      [
        { path: "foo-1.0/a/b/Up", target: "../.." },
        { path: "foo-1.0/a/b/l", target: "up/../x" },
      ],
      /"foo-1.0\/a\/b\/l" is a link that leads out/,
    ],
    "a link to nothing": [
      [{ path: "foo-1.0/l", type: "2" }, file],
      /"foo-1.0\/l" is a link to "", which is no path/,
    ],
    "a file through a link": [
      [
        { path: "foo-1.0/a/", type: "5" },
        { path: "foo-1.0/l", target: "a" },
        { path: "foo-1.0/l/x", data: "x" },
      ],
      /"foo-1.0\/l\/x" lies in "foo-1.0\/l", which is a symlink/,
    ],
    "a link that replaces a folder": [
      [file, { path: "foo-1.0/a/x" }, { path: "foo-1.0/a", target: "b" }],
      /"foo-1.0\/a" is a symlink that others lie in/,
    ],
    "a file that is also a folder": [[file, { path: "foo-1.0/x/y" }], /"foo-1.0\/x\/y" lies in "foo-1.0\/x"/],
    "a folder that is also a file": [
      [file, { path: "foo-1.0/x/", type: "5" }],
      /"foo-1.0\/x" is a folder and a file/,
    ],
    "a root that is a link": [[{ path: "foo-1.0", target: "/" }], /"foo-1.0" lies beside no root folder/],
    "a hard link to a missing member": [
      [file, { path: "foo-1.0/h", type: "1", target: "foo-1.0/y" }],
      /"foo-1.0\/h" is a hard link to "foo-1.0\/y"/,
    ],
    "a hard link that leads out": [
      [file, { path: "foo-1.0/h", type: "1", target: "../../etc/passwd" }],
      /"foo-1.0\/h" is a hard link/,
    ],
    "an absolute hard link": [
      [file, { path: "foo-1.0/h", type: "1", target: "/etc/passwd" }],
      /"foo-1.0\/h" is a hard/,
    ],
    "a hard link to a folder": [
      [
        { path: "foo-1.0/a/", type: "5" },
        { path: "foo-1.0/h", type: "1", target: "foo-1.0/a" },
      ],
      /"foo-1.0\/h" is a hard link/,
    ],
    "a cycle of hard links": [
      [
        { path: "foo-1.0/h", type: "1", target: "foo-1.0/i" },
        { path: "foo-1.0/i", type: "1", target: "foo-1.0/h" },
      ],
      /"foo-1.0\/[hi]" is a hard link/,
    ],
  };
  for (const [title, [members, says]] of Object.entries(cases)) {
    test(title, async () => {
      const before = readdirSync(sandbox).length;
      await assert.rejects(unpackTar(members), (error: Error & { code: string }) => {
        assert.equal(error.code, "invalid-archive");
        assert.match(error.message, /`foo-1\.0\.tar`/);
        assert.match(error.message, says);
        return true;
      });
      // Only the archive and the folder exist.
      assert.equal(readdirSync(sandbox).length, before + 1);
      assert.deepEqual(readdirSync(join(sandbox, String(count - 1))).sort(), ["foo-1.0.tar", "into"]);
    });
  }

  test("links in a zip that lead out", async () => {
    const zip = writeZip([
      { path: "foo-1.0/x", data: "x" },
      { path: "foo-1.0/l", data: "../../x", mode: 0o120777 },
    ]);
    await assert.rejects(unpack("foo-1.0.zip", zip), /"foo-1\.0\/l" is a link that leads out/);
  });

  test("a missing archive", () =>
    assert.rejects(unpackSdist(join(sandbox, "none.tar.gz"), "none.tar.gz", sandbox), { code: "not-found" }));
});
