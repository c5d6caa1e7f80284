import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CpioMember, readCpio } from "../../../../src/system/archives/cpio/read-cpio.ts";
import { type NewCpioMember, writeCpio } from "../../../support/cpio-writer.ts";

/** Yields the bytes in pieces of seven, as a stream might. */
async function* pieces(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}

async function read(bytes: Buffer): Promise<readonly (readonly [string, string, string])[]> {
  const found: CpioMember[] = [];
  for await (const member of readCpio(pieces(bytes), "x.cpio")) found.push(member);
  return found.map(
    ({ path, kind, target, data }) => [path, kind, target || Buffer.from(data).toString()] as const,
  );
}

const members: readonly NewCpioMember[] = [
  { path: ".", mode: 0o040755 },
  { path: "./Versions", mode: 0o040755 },
  { path: "./Versions/3.13/bin/python3.13", data: "program", mode: 0o100755 },
  { path: "./Versions/3.13/empty" },
  { path: "./Python", target: "Versions/Current/Python" },
];

describe("readCpio", () => {
  for (const format of ["odc", "newc"] as const) {
    test(`reads ${format}`, async () => {
      assert.deepEqual(await read(writeCpio(members, format)), [
        ["Versions", "directory", ""],
        ["Versions/3.13/bin/python3.13", "file", "program"],
        ["Versions/3.13/empty", "file", ""],
        ["Python", "symlink", "Versions/Current/Python"],
      ]);
    });

    test(`returns a file with several names once per name, with its content (${format})`, async () => {
      const data = format === "odc" ? "same" : "";
      const several = [
        { path: "a", data, inode: 9, names: 2 },
        { path: "b", data: "other" },
        { path: "c", data: "same", inode: 9, names: 2 },
        { path: "d", inode: 10, names: 2 },
        { path: "e", inode: 10, names: 2 },
      ];
      const found = (await read(writeCpio(several, format))).map(([path, , text]) => `${path} ${text}`);
      assert.deepEqual(found.sort(), ["a same", "b other", "c same", "d ", "e "]);
    });
  }
});

describe("readCpio refuses", () => {
  const hostile: Readonly<Record<string, Buffer>> = {
    "a name that leaves the root": writeCpio([{ path: "../evil", data: "x" }]),
    "an absolute name": writeCpio([{ path: "/etc/evil", data: "x" }]),
    "a name with a control character": writeCpio([{ path: "a\nb" }]),
    "a device": writeCpio([{ path: "null", mode: 0o020666 }]),
    "a folder with data": writeCpio([{ path: "x", mode: 0o040755, data: "x" }]),
    "an archive without an end": writeCpio(members).subarray(0, -120),
    "a file in another format": Buffer.from("!<arch>\n".repeat(20)),
    "a header with other characters than digits": Buffer.from(
      writeCpio(members).toString("latin1").replace("0000", "00-0"),
      "latin1",
    ),
    "a size that is too large": Buffer.from(
      writeCpio([{ path: "x", data: "x" }])
        .toString("latin1")
        .replace("00000000001x", "77777777777x"),
      "latin1",
    ),
  };
  for (const [name, bytes] of Object.entries(hostile)) {
    test(name, () => assert.rejects(read(bytes), { code: "invalid-archive" }));
  }
});
