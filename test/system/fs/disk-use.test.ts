import assert from "node:assert/strict";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { CountedFiles, diskUse } from "../../../src/system/fs/disk-use.ts";

/** A folder `wheel` with `a` (3 bytes) and `sub/b` (5 bytes), and a folder `env` with another name of `a`. */
function sample(): { readonly root: string } & Disposable {
  const root = mkdtempSync(join(tmpdir(), "posy-disk-use-"));
  mkdirSync(join(root, "wheel", "sub"), { recursive: true });
  mkdirSync(join(root, "env"));
  writeFileSync(join(root, "wheel", "a"), "abc");
  writeFileSync(join(root, "wheel", "sub", "b"), "12345");
  linkSync(join(root, "wheel", "a"), join(root, "env", "a"));
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true }) };
}

describe("the use of the disk", () => {
  test("counts a file with two names once, in the folder that is counted first", async () => {
    using folder = sample();
    const counted = new CountedFiles();
    assert.deepEqual(await diskUse(join(folder.root, "wheel"), counted), { files: 2, bytes: 8 });
    assert.deepEqual(await diskUse(join(folder.root, "env"), counted), { files: 1, bytes: 0 });
  });

  test("that a removal frees is counted with the last name of a file", async () => {
    using folder = sample();
    const freed = { freed: true };
    const one = new CountedFiles();
    assert.deepEqual(await diskUse(join(folder.root, "env"), one, freed), { files: 1, bytes: 0 });
    assert.deepEqual(await diskUse(join(folder.root, "wheel"), one, freed), { files: 2, bytes: 8 });
    const wheelOnly = new CountedFiles();
    assert.deepEqual(await diskUse(join(folder.root, "wheel"), wheelOnly, freed), { files: 2, bytes: 5 });
  });

  test("follows no links, and is nothing for a path that does not exist", async () => {
    using folder = sample();
    const link = join(folder.root, "link");
    symlinkSync(join(folder.root, "wheel"), link);
    assert.deepEqual(await diskUse(link, new CountedFiles()), { files: 0, bytes: 0 });
    assert.deepEqual(await diskUse(join(folder.root, "none"), new CountedFiles()), { files: 0, bytes: 0 });
    assert.deepEqual(await diskUse(join(folder.root, "env", "a"), new CountedFiles()), {
      files: 1,
      bytes: 3,
    });
  });
});
