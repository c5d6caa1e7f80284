import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { entryState } from "../../../src/system/fs/entry-mark.ts";
import { publishEntry } from "../../../src/system/fs/publish-entry.ts";
import { removeFolder } from "../../support/remove-folder.ts";

const root = mkdtempSync(join(tmpdir(), "posy-publish-"));
after(() => removeFolder(root));

const tmp = join(root, "tmp");
const build = (text: string) => (dir: string) => writeFile(join(dir, "file"), text);
const contentOf = (dir: string) => readFileSync(join(dir, "file"), "utf8");

test("a new entry has a mark, and another process's entry of the same boot stays", async () => {
  const target = join(root, "entry");
  await publishEntry(target, tmp, build("first"));
  assert.equal(entryState(target), "this-boot");
  await publishEntry(target, tmp, build("second"));
  assert.equal(contentOf(target), "first");
  assert.deepEqual(readdirSync(tmp), []);
});

test("an entry of an earlier boot is replaced", async () => {
  const target = join(root, "earlier");
  await publishEntry(target, tmp, build("first"));
  const mark = { entryVersion: 1, boot: "earlier", published: 1 };
  writeFileSync(join(target, "posy-entry.json"), JSON.stringify(mark));
  await publishEntry(target, tmp, build("second"));
  assert.equal(contentOf(target), "second");
  assert.equal(entryState(target), "this-boot");
});

test("an entry that its owner does not accept is replaced", async () => {
  const target = join(root, "refused");
  await publishEntry(target, tmp, build("first"));
  await publishEntry(target, tmp, build("second"), { isWhole: () => false });
  assert.equal(contentOf(target), "second");
});
