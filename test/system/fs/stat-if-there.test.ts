import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { lstatIfThere, statIfThere } from "../../../src/system/fs/index.ts";

test("a path that leads nowhere has no status, also below a file and behind a broken link", () => {
  const folder = mkdtempSync(join(tmpdir(), "posy-stat-"));
  try {
    mkdirSync(join(folder, "folder"));
    writeFileSync(join(folder, "file"), "text");
    symlinkSync("nowhere", join(folder, "broken"));
    symlinkSync("file", join(folder, "link"));
    for (const read of [statIfThere, lstatIfThere]) {
      assert.equal(read(join(folder, "missing")), undefined);
      assert.equal(read(join(folder, "file", "below")), undefined);
      assert.equal(read(join(folder, "file"))?.size, 4);
      assert.equal(read(join(folder, "folder"))?.isDirectory(), true);
    }
    assert.equal(statIfThere(join(folder, "broken")), undefined);
    assert.equal(lstatIfThere(join(folder, "broken"))?.isSymbolicLink(), true);
    assert.equal(statIfThere(join(folder, "link"))?.isFile(), true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a status that cannot be read is an error", () => {
  assert.throws(() => statIfThere("a\0b"));
});
