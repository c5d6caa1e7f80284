import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, before, test } from "node:test";
import { foldersMatching } from "../../../../src/project/pyproject/uv/folders-matching.ts";

const root = mkdtempSync(join(tmpdir(), "posy-folders-"));
before(() => {
  for (const folder of [
    "in/libs/a",
    "in/libs/b1",
    "in/libs/b2/deep",
    "in/.hidden/x",
    "in/node_modules/y",
    "beside",
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  writeFileSync(join(root, "in", "libs", "file"), "");
  // A link to a parent folder, and a link to a folder outside.
  symlinkSync("..", join(root, "in", "libs", "b2", "up"));
  symlinkSync("../../beside", join(root, "in", "libs", "link"));
});
after(() => rmSync(root, { recursive: true, force: true }));

const cases: Record<string, readonly string[]> = {
  "libs/a": ["libs/a"],
  "./libs/a/": ["libs/a"],
  "libs/absent": [],
  "libs/file": [],
  "libs/*": ["libs/a", "libs/b1", "libs/b2", "libs/link"],
  "libs/b?": ["libs/b1", "libs/b2"],
  "libs/b[!1]": ["libs/b2"],
  "libs/[ab]*": ["libs/a", "libs/b1", "libs/b2"],
  "*": ["libs"],
  ".hidden/*": [".hidden/x"],
  "libs/**": ["libs", "libs/a", "libs/b1", "libs/b2", "libs/b2/deep"],
  "**/deep": ["libs/b2/deep"],
  "../beside": ["../beside"],
  "a.b+(c)": [],
};
for (const [pattern, expected] of Object.entries(cases)) {
  test(`foldersMatching finds the folders of \`${pattern}\``, async () => {
    const inner = join(root, "in");
    const found = await foldersMatching(inner, pattern);
    assert.deepEqual(found.map((path) => relative(inner, path)).sort(), [...expected].sort());
  });
}
