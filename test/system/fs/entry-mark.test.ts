import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { bootId, isSameBoot, isThisBoot } from "../../../src/system/fs/boot-id.ts";
import { entryState, markPublished, readMark, settle } from "../../../src/system/fs/entry-mark.ts";
import { removeFolder } from "../../support/remove-folder.ts";

const root = mkdtempSync(join(tmpdir(), "posy-mark-"));
after(() => removeFolder(root));

let count = 0;
function newEntry(mark?: string | Buffer): string {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  if (mark !== undefined) writeFileSync(join(dir, "posy-entry.json"), mark);
  return dir;
}

const markOf = (boot: string) => JSON.stringify({ entryVersion: 1, boot, published: 1 });

describe("an entry of the store", () => {
  test("that was published since the machine was started may be used", () => {
    const dir = newEntry();
    markPublished(dir);
    assert.equal(entryState(dir), "this-boot");
    assert.ok(Math.abs((readMark(dir)?.published ?? 0) - Date.now()) < 10_000);
  });

  for (const [what, mark] of [
    ["has no mark", undefined],
    ["has an empty mark", ""],
    ["has a mark of NUL bytes", Buffer.alloc(80)],
    ["has half a mark", markOf(bootId()).slice(0, 40)],
    ["has a mark of another version", JSON.stringify({ entryVersion: 2, boot: bootId(), published: 1 })],
    ["has a mark without a boot", JSON.stringify({ entryVersion: 1, published: 1 })],
    ["has the mark of an earlier boot", markOf("00000000-0000-4000-8000-000000000000")],
    ["has the mark of an earlier boot by the clock", markOf("started 1000000000")],
  ] as const) {
    test(`that ${what} is unverified, and settled once it was verified`, () => {
      const dir = newEntry(mark);
      assert.equal(entryState(dir), "unverified");
      settle(dir);
      assert.equal(entryState(dir), "settled");
    });
  }

  test("keeps the time of its publication when it is settled", () => {
    const dir = newEntry(markOf("earlier"));
    settle(dir);
    assert.deepEqual(readMark(dir), { boot: "earlier", published: 1 });
  });

  test("is unverified again in a copy that has lost its times", () => {
    const dir = newEntry(markOf("earlier"));
    settle(dir);
    const path = join(dir, "posy-entry.json");
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    assert.equal(entryState(dir), "unverified");
  });

  test("is unverified if its mark was cut to nothing after it was settled", () => {
    const dir = newEntry(markOf("earlier"));
    settle(dir);
    const path = join(dir, "posy-entry.json");
    writeFileSync(path, "");
    utimesSync(path, 946_684_800, 946_684_800);
    assert.equal(entryState(dir), "unverified");
  });

  test("may have its mark in a folder of its own", () => {
    const dir = newEntry();
    mkdirSync(join(dir, ".git"));
    markPublished(dir, ".git");
    assert.equal(entryState(dir, ".git"), "this-boot");
    assert.equal(entryState(dir), "unverified");
    assert.match(readFileSync(join(dir, ".git", "posy-entry.json"), "utf8"), /"entryVersion":1/);
  });
});

describe("the boot of a machine", () => {
  test("is the same for each process, and never another one", () => {
    assert.ok(isThisBoot(bootId()));
    for (const other of ["", "started 5", "00000000-0000-4000-8000-000000000000"])
      assert.ok(!isThisBoot(other));
  });

  test("may differ by two seconds if it is told by the clock, but not by more", () => {
    assert.ok(isSameBoot("started 1000", "started 1002"));
    assert.ok(!isSameBoot("started 1000", "started 1003"));
    assert.ok(!isSameBoot("started 1000", "started "));
    assert.ok(!isSameBoot("", ""));
  });
});
