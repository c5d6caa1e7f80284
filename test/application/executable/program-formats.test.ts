import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import {
  windowsResources,
  writeAppBundle,
  writeExecutable,
} from "../../../src/application/executable/index.ts";
import { icnsIcon, iconResources } from "../../../src/application/executable/icons.ts";
import { loadStub } from "../../../src/application/executable/load-stub.ts";
import { MachSlice } from "../../../src/system/binaries/macho/macho-image.ts";
import { demoOptions, makeTree, someBytes } from "./make-tree.ts";

const root = mkdtempSync(join(tmpdir(), "posy-formats-"));
after(() => rmSync(root, { recursive: true, force: true }));

const options = { ...demoOptions, identifier: "org.example.demo" };

/** Returns the start of a PNG: Posy reads only its size. */
function png(width: number, height = width): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.write("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1");
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

function written(name: string, bytes: Uint8Array): string {
  const path = join(root, name);
  writeFileSync(path, bytes);
  return path;
}

describe("the stubs", () => {
  for (const platform of ["linux", "macos", "windows"]) {
    for (const processor of ["x86_64", platform === "linux" ? "aarch64" : "arm64"]) {
      test(`have one for ${platform}-${processor} of at most 100 kB`, async () => {
        const stub = await loadStub(`${platform}-${processor}`, false);
        assert.ok(stub !== undefined && stub.length < 100_000, String(stub?.length));
        // The field that says for which processor it is: of ELF, of Mach-O, of PE.
        const header = platform === "windows" ? stub.readUInt32LE(0x3c) + 4 : 18;
        const machine = platform === "macos" ? stub.readUInt32LE(4) : stub.readUInt16LE(header);
        const expected = { linux: [62, 183], macos: [0x1000007, 0x100000c], windows: [0x8664, 0xaa64] };
        assert.equal(machine, expected[platform as "linux"][processor === "x86_64" ? 0 : 1]);
      });
    }
  }

  test("are not there for other platforms, which is an error with a hint", async () => {
    await assert.rejects(writeExecutable(join(root, "x"), makeTree("freebsd-x86_64"), options), {
      code: "unknown-platform",
      hint: "`posy export --dir` writes a folder for this platform",
    });
  });
});

describe("a program for macOS", () => {
  for (const [processor, page] of [
    ["arm64", 0x4000],
    ["x86_64", 0x1000],
  ] as const) {
    test(`for ${processor} has its payload in a segment, and ends with __LINKEDIT`, async () => {
      const path = join(root, `demo-${processor}`);
      const more = {
        kind: "file",
        path: "lib/large.bin",
        owner: "x",
        executable: false,
        source: { bytes: someBytes(300_000, 1) },
      } as const;
      await writeExecutable(path, makeTree(`macos-${processor}`, [more]), options);
      const bytes = readFileSync(path);
      const segments = segmentsOf(bytes);
      let [fileEnd, memoryEnd] = [0, 0n];
      for (const { name, fileOffset, fileSize, address, memorySize } of segments) {
        if (name === "__PAGEZERO") continue;
        assert.ok(fileOffset >= fileEnd, name);
        assert.ok(address >= memoryEnd, name);
        assert.equal(fileOffset % page, 0, name);
        assert.equal(Number(address) % page, 0, name);
        assert.ok(memorySize >= fileSize, name);
        [fileEnd, memoryEnd] = [fileOffset + fileSize, address + BigInt(memorySize)];
      }
      assert.equal(segments.at(-1)?.name, "__LINKEDIT");
      assert.equal(fileEnd, bytes.length);
      const mark = bytes.indexOf("\x7fposy-payload-1\0", 0, "latin1");
      const header = Number(bytes.readBigUInt64LE(mark + 16));
      const payload = segments.find(({ name }) => name === "__POSY");
      assert.ok(payload !== undefined && header > payload.fileOffset);
      assert.ok(header < payload.fileOffset + payload.fileSize);
      assert.equal(bytes.toString("latin1", header, header + 8), "posyapp1");
      // All tables of the linker are in __LINKEDIT.
      const linkEdit = segments.at(-1)?.fileOffset ?? 0;
      for (const { kind, at } of new MachSlice(bytes).commands) {
        if (kind === 0x2) assert.ok(bytes.readUInt32LE(at + 8) >= linkEdit);
        if (kind === 0x80000022) assert.ok(bytes.readUInt32LE(at + 40) >= linkEdit);
      }
    });
  }

  test("for Apple's processors has an ad-hoc signature of all its pages", async () => {
    const path = join(root, "signed");
    await writeExecutable(path, makeTree("macos-arm64"), options);
    checkSignature(readFileSync(path), []);
  });

  test("in a bundle has a signature of Info.plist and of the list of files", async () => {
    const path = join(root, "demo.app");
    const icon = written("icon.png", png(256));
    await writeAppBundle(path, makeTree("macos-arm64"), options, {
      name: "demo",
      version: "1.2",
      description: undefined,
      icon,
    });
    const contents = join(path, "Contents");
    const plist = readFileSync(join(contents, "Info.plist"));
    assert.match(plist.toString(), /<key>CFBundleExecutable<\/key>\n {2}<string>demo<\/string>/);
    assert.match(plist.toString(), /<key>CFBundleShortVersionString<\/key>\n {2}<string>1\.2<\/string>/);
    const resources = readFileSync(join(contents, "_CodeSignature", "CodeResources"));
    const image = readFileSync(join(contents, "Resources", "icon.icns"));
    assert.ok(resources.includes(createHash("sha256").update(image).digest("base64")));
    checkSignature(readFileSync(join(contents, "MacOS", "demo")), [plist, resources]);
  });
});

interface Segment {
  readonly name: string;
  readonly address: bigint;
  readonly memorySize: number;
  readonly fileOffset: number;
  readonly fileSize: number;
}

function segmentsOf(bytes: Buffer): readonly Segment[] {
  return new MachSlice(bytes).commands
    .filter(({ kind }) => kind === 0x19)
    .map(({ at }) => ({
      name: bytes.toString("latin1", at + 8, at + 24).replace(/\0+$/, ""),
      address: bytes.readBigUInt64LE(at + 24),
      memorySize: Number(bytes.readBigUInt64LE(at + 32)),
      fileOffset: Number(bytes.readBigUInt64LE(at + 40)),
      fileSize: Number(bytes.readBigUInt64LE(at + 48)),
    }));
}

/** Checks a signature as the kernel and `codesign` do: the pages, and the special slots 1 and 3 if there are any. */
function checkSignature(bytes: Buffer, special: readonly Buffer[]): void {
  const sha256 = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");
  const command = new MachSlice(bytes).commands.find(({ kind }) => kind === 0x1d);
  assert.ok(command !== undefined);
  const start = bytes.readUInt32LE(command.at + 8);
  assert.equal(start + bytes.readUInt32LE(command.at + 12), bytes.length);
  assert.equal(bytes.readUInt32BE(start), 0xfade0cc0);
  assert.equal(bytes.readUInt32BE(start + 12), 0);
  const directory = bytes.subarray(start + bytes.readUInt32BE(start + 16));
  assert.equal(directory.readUInt32BE(0), 0xfade0c02);
  const hashes = directory.readUInt32BE(16);
  const name = directory.readUInt32BE(20);
  assert.equal(directory.toString("utf8", name, directory.indexOf(0, name)), "org.example.demo");
  assert.equal(directory.readUInt32BE(32), start);
  const pages = directory.readUInt32BE(28);
  assert.equal(pages, Math.ceil(start / 4096));
  const hashAt = (slot: number) => directory.toString("hex", hashes + slot * 32, hashes + slot * 32 + 32);
  for (let page = 0; page < pages; page++)
    assert.equal(hashAt(page), sha256(bytes.subarray(page * 4096, Math.min(page * 4096 + 4096, start))));
  const [plist, resources] = special;
  assert.equal(hashAt(-1), plist === undefined ? "0".repeat(64) : sha256(plist));
  assert.equal(hashAt(-3), resources === undefined ? "0".repeat(64) : sha256(resources));
}

describe("a program for Windows", () => {
  test("has a version, a manifest and an icon as resources, before its payload", async () => {
    const path = join(root, "demo.exe");
    const icon = written("windows.png", png(48));
    const information = { name: "demo", version: "1.2.3rc4", description: "A démo", icon };
    const resources = await windowsResources(information);
    await writeExecutable(path, makeTree("windows-x86_64"), { ...options, resources });
    const bytes = readFileSync(path);
    const header = bytes.readUInt32LE(0x3c);
    const sections = header + 24 + bytes.readUInt16LE(header + 20);
    const last = sections + (bytes.readUInt16LE(header + 6) - 1) * 40;
    assert.equal(bytes.toString("latin1", last, last + 5), ".rsrc");
    const [size, address, rawSize, start] = [8, 12, 16, 20].map((at) => bytes.readUInt32LE(last + at));
    assert.ok(size !== undefined && address !== undefined && rawSize !== undefined && start !== undefined);
    assert.ok(bytes.readUInt32LE(header + 24 + 56) >= address + size);
    const section = bytes.subarray(start, start + rawSize);
    const kinds = Array.from({ length: section.readUInt16LE(14) }, (_, index) => {
      const kind = section.readUInt32LE(16 + index * 8);
      let table = section.readUInt32LE(20 + index * 8) - 0x80000000;
      table = section.readUInt32LE(table + 20) - 0x80000000;
      const entry = section.readUInt32LE(table + 20);
      const data = section.readUInt32LE(entry) - address;
      return [kind, section.subarray(data, data + section.readUInt32LE(entry + 4))] as const;
    });
    assert.deepEqual(
      kinds.map(([kind]) => kind),
      [3, 14, 16, 24],
    );
    assert.ok(kinds[0]?.[1].equals(png(48)));
    assert.ok(kinds[2]?.[1].includes(Buffer.from("A démo", "utf16le")));
    assert.equal(kinds[2]?.[1].readUInt32LE(40 + 8), 0x10002);
    assert.match(String(kinds[3]?.[1]), /level="asInvoker"/);
    const mark = bytes.indexOf("\x7fposy-payload-1\0", 0, "latin1");
    assert.ok(Number(bytes.readBigUInt64LE(mark + 16)) >= start + rawSize);
  });
});

describe("an icon", () => {
  test("that no platform can show is an error", async () => {
    for (const [name, bytes, message] of [
      ["a.png", png(512), /has 512 pixels, and Windows has at most 256/],
      ["b.png", png(32, 16), /is not square: 32×16/],
      ["c.txt", Buffer.from("text"), /is neither an `\.ico` nor a PNG/],
      ["d.ico", Buffer.from([0, 0, 1, 0, 9, 0]), /is neither an `\.ico` nor a PNG/],
    ] as const)
      await assert.rejects(iconResources(written(name, bytes)), message);
    await assert.rejects(iconResources(join(root, "none.ico")), { code: "not-found" });
    await assert.rejects(icnsIcon(written("e.png", png(100))), /has 100 pixels/);
    await assert.rejects(icnsIcon(written("f.txt", Buffer.from("x"))), /is neither an `\.icns` nor a PNG/);
  });
});
