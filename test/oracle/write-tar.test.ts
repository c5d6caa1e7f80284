import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import { type NewTarMember, writeTar } from "../../src/system/archives/tar/write-tar.ts";
import { askPython } from "../support/oracle.ts";

const script = `
import base64, hashlib, io, json, sys, tarfile
kinds = {tarfile.REGTYPE: "file", tarfile.SYMTYPE: "symlink", tarfile.DIRTYPE: "directory"}
def listing(data):
    with tarfile.open(fileobj=io.BytesIO(base64.b64decode(data)), mode="r:") as tar:
        return [[kinds[m.type], m.name, m.linkname, m.mode, m.mtime, m.size, m.uid, m.gid, m.uname, m.gname,
                 base64.b64encode(tar.extractfile(m).read()).decode() if m.isreg() else ""] for m in tar]
print(json.dumps([listing(data) for data in json.load(sys.stdin)]))
`;

const sizeScript = `
import base64, io, json, sys, tarfile
print(tarfile.open(fileobj=io.BytesIO(base64.b64decode(json.load(sys.stdin)))).firstmember.size)
`;

const sandbox = mkdtempSync(join(tmpdir(), "posy-write-tar-oracle-"));
after(() => rm(sandbox, { recursive: true, force: true }));

const part = fc
  .oneof(
    fc.stringMatching(/^[a-z0-9_.=-]{1,110}$/),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
    fc.constantFrom("ü", "a\nb", " ", "=", "x".repeat(100), "y".repeat(155)),
  )
  .filter((text) => !text.includes("/") && !text.includes("\0") && text !== "." && text !== "..");
const path = fc.array(part, { minLength: 1, maxLength: 9 }).map((parts) => parts.join("/"));
const mtime = fc.oneof(fc.nat(), fc.constantFrom(0, 8 ** 11 - 1, 8 ** 11, 8 ** 12));
const member: fc.Arbitrary<NewTarMember> = fc.oneof(
  fc.record({
    kind: fc.constant("file" as const),
    path,
    mode: fc.nat(0o777),
    mtime,
    source: fc.record({ bytes: fc.uint8Array({ maxLength: 1200 }) }),
  }),
  fc.record({ kind: fc.constant("symlink" as const), path, target: path, mtime }),
  fc.record({ kind: fc.constant("directory" as const), path, mode: fc.nat(0o777), mtime }),
);

async function written(members: readonly NewTarMember[]): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of writeTar(members)) pieces.push(piece);
  return Buffer.concat(pieces).toString("base64");
}

describe("archives that Posy writes, read by Python's tarfile", () => {
  test("have the same names, modes, times, links and contents, and no owner", async () => {
    const archives = fc.sample(fc.array(member, { maxLength: 8 }), { numRuns: 300, seed: 20 });
    const read = await askPython<unknown[][]>(script, await Promise.all(archives.map(written)));
    for (const [index, members] of archives.entries()) {
      const expected = members.map((given) => {
        const bytes = given.kind === "file" && "bytes" in given.source ? given.source.bytes : Buffer.alloc(0);
        return [
          given.kind,
          given.path,
          given.kind === "symlink" ? given.target : "",
          given.kind === "symlink" ? 0o777 : given.mode,
          given.mtime,
          bytes.length,
          0,
          0,
          "",
          "",
          Buffer.from(bytes).toString("base64"),
        ];
      });
      assert.deepEqual(read[index], expected);
    }
  });

  for (const [size, blocks] of [
    [8 ** 11 - 1, 1],
    [8 ** 11, 3],
    [9 * 2 ** 30, 3],
  ] as const) {
    test(`state the size of a file of ${size} bytes`, async () => {
      const large = join(sandbox, "large");
      await writeFile(large, "");
      // The file is sparse, and only its header is written.
      await truncate(large, size);
      let header = Buffer.alloc(0);
      for await (const piece of writeTar([
        { kind: "file", path: "large", mode: 0o644, mtime: 0, source: { path: large } },
      ])) {
        header = Buffer.from(piece);
        break;
      }
      assert.equal(header.length, 512 * blocks);
      assert.equal(await askPython<number>(sizeScript, header.toString("base64")), size);
    });
  }
});
