import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { openXar } from "../../../../src/system/archives/xar/open-xar.ts";
import { readPbzx } from "../../../../src/system/archives/xar/read-pbzx.ts";
import { newSandbox } from "../../../pythons/sandbox.ts";
import { writeXar } from "../../../support/xar-writer.ts";

const files = {
  Distribution: Buffer.from("<installer-script/>"),
  "Python_Framework.pkg/PackageInfo": Buffer.from("<pkg-info/>"),
  "Python_Framework.pkg/Payload": Buffer.alloc(100_000, "payload "),
};

async function open(bytes: Uint8Array) {
  const sandbox = newSandbox();
  const path = join(sandbox.root, "x.pkg");
  writeFileSync(path, bytes);
  try {
    const xar = await openXar(path, "x.pkg");
    const contents: Record<string, string> = {};
    for (const [index, entry] of xar.entries.entries()) {
      const to = join(sandbox.root, String(index));
      await xar.extract(entry, to);
      contents[entry.path] = readFileSync(to, "latin1");
    }
    return contents;
  } finally {
    sandbox[Symbol.dispose]();
  }
}

test("openXar reads stored and compressed files", async () => {
  const expected = Object.entries(files).map(([path, data]) => [path, data.toString("latin1")]);
  assert.deepEqual(await open(writeXar(files)), Object.fromEntries(expected));
});

describe("openXar refuses", () => {
  const changed = (at: number) => {
    const bytes = writeXar(files);
    bytes.writeUInt8(bytes.readUInt8(at < 0 ? bytes.length + at : at) ^ 1, at < 0 ? bytes.length + at : at);
    return bytes;
  };
  const whole = writeXar(files);
  const heap = 28 + Number(whole.readBigUInt64BE(8));
  const hostile: Readonly<Record<string, Uint8Array>> = {
    "a file that is not xar": Buffer.from("PK\x03\x04".padEnd(100, "x")),
    "an archive that is cut off": whole.subarray(0, -10),
    "a wrong checksum of the table of contents": changed(heap + 3),
    "a file with a changed byte": changed(-1),
    "a name that leaves the root": writeXar(files, (xml) => xml.replace(">Distribution<", ">../evil<")),
    "a name in a folder that leaves the root": writeXar(files, (xml) =>
      xml.replace(">PackageInfo<", ">../../evil<"),
    ),
    "two files with one name": writeXar(files, (xml) => xml.replace(">PackageInfo<", ">Payload<")),
    "a link": writeXar(files, (xml) => xml.replace("<type>file<", "<type>symlink<")),
    "a file that is larger than its size": writeXar(files, (xml) =>
      xml.replace("<size>100000<", "<size>1000<"),
    ),
    "a file that is smaller than its size": writeXar(files, (xml) =>
      xml.replace("<size>100000<", "<size>200000<"),
    ),
    "a file with another checksum": writeXar(files, (xml) =>
      xml.replace(/(<extracted-checksum style="sha1">)..../g, "$10000"),
    ),
    "an unknown kind of checksum": writeXar(files, (xml) => xml.replaceAll('style="sha1"', 'style="none"')),
    "an unknown compression": writeXar(files, (xml) => xml.replace("octet-stream", "x-lzma")),
    "an archive without a table of contents": writeXar(files, () => "<xar/>"),
    "a table of contents with too many nested folders": writeXar(files, () => "<file>".repeat(100)),
  };
  for (const [name, bytes] of Object.entries(hostile)) {
    test(name, () => assert.rejects(open(bytes), { code: "invalid-archive" }));
  }
});

describe("readPbzx", () => {
  const chunk = (size: number, data: Buffer) => {
    const head = Buffer.alloc(16);
    head.writeBigUInt64BE(BigInt(size));
    head.writeBigUInt64BE(BigInt(data.length), 8);
    return Buffer.concat([head, data]);
  };
  const start = Buffer.concat([Buffer.from("pbzx"), Buffer.from([0, 0, 0, 0, 1, 0, 0, 0])]);
  // `printf hello | xz -C crc32`
  const xz = Buffer.from(
    "/Td6WFoAAAFpIt42AgAhARYAAAB0L+WjAQAEaGVsbG8AAAAAhqYQNgABGQW86OzLkEKZDQEAAAAAAVla",
    "base64",
  );
  const read = async (bytes: Buffer) => {
    let text = "";
    let size = 0;
    for await (const part of readPbzx(bytes, (count) => (size += count)))
      text += Buffer.from(part).toString();
    assert.equal(size, text.length);
    return text;
  };

  test("reads chunks that are compressed or stored", async () => {
    assert.equal(
      await read(Buffer.concat([start, chunk(5, xz), chunk(7, Buffer.from(", world"))])),
      "hello, world",
    );
  });

  test("rejects data that are cut off", async () => {
    await assert.rejects(read(Buffer.concat([start, chunk(5, xz).subarray(0, 12)])));
    await assert.rejects(read(Buffer.concat([start, chunk(3, Buffer.from("xyz"))]).subarray(0, -1)));
  });
});
