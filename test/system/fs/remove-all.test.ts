import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { patientRename } from "../../../src/system/fs/patient-rename.ts";
import { removeAll, removeAllSync } from "../../../src/system/fs/remove-all.ts";
import { removeFolder } from "../../support/remove-folder.ts";

for (const platform of ["win32", "linux"] as const) {
  for (const [name, remove] of [
    ["removeAll", removeAll],
    ["removeAllSync", async (path: string, of: NodeJS.Platform) => removeAllSync(path, of)],
  ] as const) {
    describe(`${name} on ${platform}`, () => {
      test("removes folders, read-only files and links, but no target of a link", async () => {
        const root = mkdtempSync(join(tmpdir(), "posy-remove-"));
        try {
          mkdirSync(join(root, "target"));
          writeFileSync(join(root, "target", "kept"), "");
          const tree = join(root, "tree");
          mkdirSync(join(tree, "deep", "er"), { recursive: true });
          writeFileSync(join(tree, "deep", "er", "read-only"), "");
          chmodSync(join(tree, "deep", "er", "read-only"), 0o444);
          symlinkSync(join(root, "target"), join(tree, "link"), "junction");
          await remove(tree, platform);
          assert.deepEqual(readdirSync(root), ["target"]);
          assert.ok(existsSync(join(root, "target", "kept")));
          await remove(tree, platform);
        } finally {
          removeFolder(root);
        }
      });
    });
  }
}

test("a rename on Windows waits for a program that has the file open, and not for a missing file", async () => {
  const root = mkdtempSync(join(tmpdir(), "posy-rename-"));
  try {
    writeFileSync(join(root, "from"), "");
    // A folder that is not empty refuses to be replaced, as a file in use does on Windows.
    mkdirSync(join(root, "to", "entry"), { recursive: true });
    mkdirSync(join(root, "folder"));
    setTimeout(() => removeFolder(join(root, "to", "entry")), 30);
    await patientRename(join(root, "folder"), join(root, "to"), "win32");
    assert.ok(!existsSync(join(root, "folder")));
    await assert.rejects(patientRename(join(root, "missing"), join(root, "to"), "win32"), { code: "ENOENT" });
  } finally {
    removeFolder(root);
  }
});
