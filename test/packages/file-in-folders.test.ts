import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { startIndex } from "../support/index-server.ts";
import { failure, largeWheel, newDatabase, newFolder } from "./support/new-database.ts";

const wheel = largeWheel("foo", "1.0", 2);
const artifact = {
  url: `https://files.example/${wheel.filename}`,
  filename: wheel.filename,
  hashes: { sha256: wheel.sha256 },
};

/** A folder with a file that has the name of the wheel. */
function folderWith(bytes: Uint8Array = wheel.bytes): string {
  const folder = newFolder();
  writeFileSync(join(folder, wheel.filename), bytes);
  return folder;
}

describe("a file of a lock, which has the URL of an index, is taken from", () => {
  const sources = {
    "a folder of `--find-links`": (folder: string) => ({ findLinks: [folder] }),
    "a folder of `--find-links` as a URL": (folder: string) => ({ findLinks: [pathToFileURL(folder).href] }),
    "a folder that is an index": (folder: string) => ({ indexes: [{ url: folder }] }),
  };
  for (const [title, settings] of Object.entries(sources)) {
    test(title, async () => {
      const folder = folderWith();
      const { db } = newDatabase([], { ...settings(folder), offline: true });
      assert.equal((await db.fetch(artifact)).path, join(folder, wheel.filename));
    });
  }
});

test("a file with the name and another content is not used: it is downloaded, with a warning", async () => {
  await using index = await startIndex({ files: [wheel] });
  const folder = folderWith(Buffer.from("another file"));
  const { db, reporter } = newDatabase([], { findLinks: [folder] });
  const local = await db.fetch({ ...artifact, url: `${index.origin}/files/${wheel.filename}` });
  assert.equal(local.sha256, wheel.sha256);
  const [warning] = reporter.events.filter((event) => event.kind === "warning");
  assert.match(warning?.message ?? "", /is not used: .* was expected/);
  const offline = newDatabase([], { findLinks: [folder], offline: true }).db;
  await assert.rejects(offline.fetch(artifact), failure("offline"));
});

test("a file without a known hash is not taken from a folder", async () => {
  const { db } = newDatabase([], { findLinks: [folderWith()], offline: true });
  await assert.rejects(db.fetch({ ...artifact, hashes: {} }), failure("offline"));
});

test("a name that leads out of the folder is not looked up", async () => {
  const folder = folderWith();
  mkdirSync(join(folder, "inner"));
  const { db } = newDatabase([], { findLinks: [join(folder, "inner")], offline: true });
  await assert.rejects(db.fetch({ ...artifact, filename: `../${wheel.filename}` }), failure("offline"));
});
