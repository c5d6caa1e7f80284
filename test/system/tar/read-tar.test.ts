import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readTar, type TarMember } from "../../../src/system/tar/read-tar.ts";
import { type NewTarMember, writeTar } from "../../support/tar-writer.ts";

async function read(
  bytes: Uint8Array,
  piece = 700,
  wanted?: (path: string) => boolean,
): Promise<TarMember[]> {
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  };
  const members: TarMember[] = [];
  for await (const member of readTar(chunks(), "a.tar", wanted)) {
    members.push({ ...member, data: Buffer.from(member.data) });
  }
  return members;
}

const long = `${"deep/".repeat(40)}file`;
const honest: readonly NewTarMember[] = [
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
    test(`files, folders, links and long names, in pieces of ${piece}`, async () => {
      const members = await read(writeTar(honest), piece);
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

  test("what is not wanted is passed over", async () => {
    const members = await read(writeTar(honest), 700, (path) => path === "empty");
    assert.deepEqual(
      members.map(({ path }) => path),
      ["empty"],
    );
  });

  const bad: Readonly<Record<string, Uint8Array>> = {
    "a name that leaves the root": writeTar([{ path: "../x", data: "x" }]),
    "an absolute name": writeTar([{ path: "/x", data: "x" }]),
    "a device": writeTar([{ path: "x", type: "3" }]),
    "a wrong checksum": writeTar([{ path: "x", checksum: 1 }]),
    "a link with data": writeTar([{ path: "x", target: "y", data: "x" }]),
    "a cut": writeTar(honest).subarray(0, 3000),
    "no end": writeTar([{ path: "x" }]).subarray(0, 512),
    "something else": Buffer.from("x".repeat(2000)),
  };
  for (const [title, bytes] of Object.entries(bad)) {
    test(`refuses ${title}`, () => assert.rejects(read(bytes), { code: "invalid-archive" }));
  }
});
