import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { readNamedFile, readNamedText, readNamedTextSync } from "../../../src/system/fs/named-file.ts";

const folder = await mkdtemp(join(tmpdir(), "posy-named-"));
after(() => rm(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
await writeFile(at("file"), "content");
await symlink("file", at("link"));
await symlink("/dev/null", at("null"));
await writeFile(at("large"), "");
await truncate(at("large"), 2 ** 40);
execFileSync("mkfifo", [at("pipe")]);
const server = createServer().listen(at("socket"));
after(() => void server.close());

const refused = (says: RegExp) => (error: unknown) => {
  assert.ok(error instanceof PosyError, String(error));
  assert.equal(error.code, "filesystem");
  assert.match(error.message, says);
  return true;
};

/** Asserts that both reading functions refuse the path. */
async function assertRefused(path: string, says: RegExp): Promise<void> {
  await assert.rejects(readNamedFile(path), refused(says));
  assert.throws(() => readNamedTextSync(path), refused(says));
}

test("a file is read, also through a link", async () => {
  for (const name of ["file", "link"]) {
    assert.equal(await readNamedText(at(name)), "content");
    assert.equal(readNamedTextSync(at(name)), "content");
  }
});

test("the null device is read as an empty file", async () => {
  for (const path of ["/dev/null", at("null")]) {
    assert.equal(await readNamedText(path), "");
    assert.equal(readNamedTextSync(path), "");
  }
});

test("an endless device is refused", () => assertRefused("/dev/zero", /`\/dev\/zero` is a device/));

test("a named pipe without a writer is refused", () => assertRefused(at("pipe"), /is a named pipe/));

test("a file that is too large for memory is refused", () =>
  assertRefused(at("large"), /has more than 128 MiB/));

test("errors of the file system are passed on unchanged", async () => {
  await assert.rejects(readNamedFile(at("none")), { code: "ENOENT" });
  await assert.rejects(readNamedFile(folder), { code: "EISDIR" });
  // A socket can't be opened at all.
  await assert.rejects(readNamedFile(at("socket")), { code: "ENXIO" });
});
