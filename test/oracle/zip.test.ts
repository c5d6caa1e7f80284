import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { bytesReader } from "../../src/system/archives/zip/byte-reader.ts";
import { openZip } from "../../src/system/archives/zip/open-zip.ts";
import { askPython } from "../support/oracle.ts";
import { type ZipMember, writeZip } from "../support/zip-writer.ts";

/** What Python's zipfile reads from an archive: contents by name, or the error. */
const reading = `
import base64, io, json, sys, zipfile
answers = []
for text in json.load(sys.stdin):
    try:
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(text))) as zip:
            answers.append([[i.filename, base64.b64encode(zip.read(i)).decode(), i.external_attr >> 16] for i in zip.infolist()])
    except Exception as error:
        answers.append(str(error))
json.dump(answers, sys.stdout)
`;

/** Archives made by Python's zipfile with each of its options. */
const writing = `
import base64, io, json, sys, zipfile
class Unseekable(io.BytesIO):
    def seekable(self): return False
    def seek(self, *a): raise OSError
    def tell(self): raise OSError
members = [("a.txt", b"x" * 5000), ("d\\u00e9/\\u65e5.bin", bytes(range(256)) * 9), ("empty", b"")]
answers = []
for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
    for stream in (io.BytesIO, Unseekable):
        for zip64 in (False, True):
            out = stream()
            with zipfile.ZipFile(out, "w", method) as zip:
                for name, data in members:
                    with zip.open(name, "w", force_zip64=zip64) as file:
                        file.write(data)
                zip.comment = b"a comment"
            answers.append(base64.b64encode(out.getvalue()).decode())
json.dump([[[n, base64.b64encode(d).decode()] for n, d in members], answers], sys.stdout)
`;

type Read = [name: string, content: string, mode: number][];

async function readAll(bytes: Uint8Array): Promise<Read> {
  const zip = await openZip(bytesReader(bytes));
  const all: Read = [];
  for (const entry of zip.entries) {
    all.push([entry.path, Buffer.from(await zip.read(entry)).toString("base64"), entry.mode ?? 0]);
  }
  return all;
}

describe("zip compared with Python's zipfile", () => {
  test("reads what Python writes", async () => {
    const [members, archives] = await askPython<[[string, string][], string[]]>(writing, null);
    assert.equal(archives.length, 8);
    for (const archive of archives) {
      const read = await readAll(Buffer.from(archive, "base64"));
      assert.deepEqual(
        read.map(([name, content]) => [name, content]),
        members,
      );
    }
  });

  test("rejects a damaged archive or reads the same as Python from it", async () => {
    const members: ZipMember[] = [
      { path: "a", data: "content of a" },
      { path: "b/c", data: "b".repeat(500), mode: 0o100755 },
      { path: "d", data: "described", descriptor: true },
      { path: "z", data: "sixty-four", zip64: true },
    ];
    const honest = writeZip(members);
    const flips = fc.sample(fc.tuple(fc.nat(honest.length - 1), fc.integer({ min: 1, max: 255 })), {
      numRuns: 1500,
      seed: 711,
    });
    const archives = flips.map(([at, flip]) => {
      const changed = Buffer.from(honest);
      changed[at] = (changed[at] as number) ^ flip;
      return changed;
    });
    const python = await askPython<(Read | string)[]>(
      reading,
      [honest, ...archives].map((archive) => archive.toString("base64")),
    );
    let same = 0;
    let strictHere = 0;
    for (const [index, archive] of [honest, ...archives].entries()) {
      const theirs = python[index] as Read | string;
      const ours = await readAll(archive).catch((error: Error) => error.message);
      if (typeof ours === "string") {
        if (typeof theirs !== "string") strictHere++;
        continue;
      }
      assert.deepEqual(ours, theirs, `byte ${flips[index - 1]?.join(" ^ ")}`);
      same++;
    }
    // Posy refuses archives whose two headers disagree, but must read undamaged archives as Python does.
    assert.ok(same > 100 && strictHere > 100, `${same} the same, ${strictHere} refused here only`);
    assert.equal(typeof python[0], "object");
  });
});
