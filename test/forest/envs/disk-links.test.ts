import assert from "node:assert/strict";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { describeDiskLinks, diskLinks } from "../../../src/forest/envs/disk-links.ts";
import { LinkTree } from "../../../src/forest/envs/plan/link-tree.ts";
import { writeTree } from "../../../src/forest/envs/write-tree.ts";
import { removeFolder } from "../../support/remove-folder.ts";

describe("the links of a disk", () => {
  test("are tried once, and the attempt leaves nothing behind", () => {
    const root = mkdtempSync(join(tmpdir(), "posy-disk-"));
    try {
      const links = diskLinks(root);
      const ignoresCase = existsSync(root.toUpperCase());
      assert.deepEqual(links, { folders: true, files: true, ignoresCase });
      assert.deepEqual(readdirSync(root), []);
      assert.equal(diskLinks(root), links);
    } finally {
      removeFolder(root);
    }
  });

  test("decide how environments are described", () => {
    assert.match(describeDiskLinks({ folders: true, files: true }), /links to folders, and hard links/);
    assert.match(describeDiskLinks({ folders: true, files: false }), /links to folders, and copies/);
    assert.match(describeDiskLinks({ folders: false, files: true }), /no links to folders: .* hard links/);
    assert.match(describeDiskLinks({ folders: false, files: false }), /no links to folders: .* copies/);
  });

  for (const linksFolders of [true, false]) {
    test(`decide whether folders are real (${linksFolders ? "with" : "without"} links to folders)`, () => {
      const root = mkdtempSync(join(tmpdir(), "posy-disk-"));
      try {
        const stored = join(root, "stored");
        mkdirSync(join(stored, "inner"), { recursive: true });
        for (const path of ["mod.py", "inner/deep.py"]) writeFileSync(join(stored, path), "x");
        const tree = new LinkTree({
          linksFolders,
          mustBeReal: () => false,
          conflict: assert.fail,
          foldNames: false,
        });
        tree.add("site/package", stored, true, "package");
        tree.addBytecodeFolders();
        const env = join(root, "env");
        mkdirSync(env);
        writeTree(tree.root, env, { windows: false });
        const found = lstatSync(join(env, "site", "package"));
        assert.equal(found.isSymbolicLink(), linksFolders);
        assert.equal(lstatSync(join(env, "site", "package", "inner", "deep.py")).nlink, linksFolders ? 1 : 2);
        if (!linksFolders) {
          const bytecode = lstatSync(join(env, "site", "package", "inner", "__pycache__"));
          assert.ok(bytecode.isDirectory() && !bytecode.isSymbolicLink());
        }
      } finally {
        removeFolder(root);
      }
    });
  }
});
