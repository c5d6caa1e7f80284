import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { buildBeside, removeTree, writeAtomic } from "../../../src/system/fs/files.ts";
import { sha256Of, sha256OfFile } from "../../../src/system/fs/sha256.ts";

let root: string;
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), "posy-files-"))));
afterEach(() => rm(root, { recursive: true }));

describe("buildBeside", () => {
  const build = (content: string) => async (dir: string) => writeFile(join(dir, "file"), content);

  test("creates a complete folder", async () => {
    await buildBeside(join(root, "a", "b"), join(root, "tmp"), build("x"));
    assert.equal(readFileSync(join(root, "a", "b", "file"), "utf8"), "x");
    assert.deepEqual(readdirSync(join(root, "tmp")), []);
  });

  test("leaves nothing if building fails, and names the folder in the error", async () => {
    const failing = buildBeside(join(root, "a"), join(root, "tmp"), async (dir) => {
      await writeFile(join(dir, "half"), "");
      await writeFile(join(dir, "no", "such", "folder"), "");
    });
    await assert.rejects(failing, { code: "not-found", message: /^making `.*a` failed/ });
    assert.ok(!existsSync(join(root, "a")));
    assert.deepEqual(readdirSync(join(root, "tmp")), []);
  });

  test("replaces an incomplete folder and keeps a complete one", async () => {
    const target = join(root, "a");
    await mkdir(target);
    await writeFile(join(target, "half"), "");
    await buildBeside(target, join(root, "tmp"), build("whole"), (dir) => existsSync(join(dir, "file")));
    assert.deepEqual(readdirSync(target), ["file"]);
    await buildBeside(target, join(root, "tmp"), build("again"), (dir) => existsSync(join(dir, "file")));
    assert.equal(readFileSync(join(target, "file"), "utf8"), "whole");
    assert.deepEqual(readdirSync(join(root, "tmp")), []);
  });

  test("keeps a folder that another process made in the meantime", async () => {
    const target = join(root, "a");
    await buildBeside(target, join(root, "tmp"), async (dir) => {
      await build("ours")(dir);
      await buildBeside(target, join(root, "tmp"), build("theirs"));
    });
    assert.equal(readFileSync(join(target, "file"), "utf8"), "theirs");
    assert.deepEqual(readdirSync(join(root, "tmp")), []);
  });
});

test("writeAtomic writes the whole file or nothing", async () => {
  const path = join(root, "deep", "file");
  await writeAtomic(path, "one");
  await writeAtomic(path, "two");
  assert.equal(readFileSync(path, "utf8"), "two");
  assert.deepEqual(readdirSync(join(root, "deep")), ["file"]);
  await mkdir(join(root, "folder", "full"), { recursive: true });
  await assert.rejects(writeAtomic(join(root, "folder"), "x"), PosyError);
  assert.deepEqual(readdirSync(root).sort(), ["deep", "folder"]);
});

test("removeTree removes links, not their targets", async () => {
  await mkdir(join(root, "kept"));
  await writeFile(join(root, "kept", "file"), "");
  await mkdir(join(root, "doomed", "deep"), { recursive: true });
  await symlink(join(root, "kept"), join(root, "doomed", "deep", "link"));
  await removeTree(join(root, "doomed"), join(root, "tmp"));
  await removeTree(join(root, "doomed"), join(root, "tmp"));
  await removeTree(join(root, "never"));
  assert.deepEqual(readdirSync(root).sort(), ["kept", "tmp"]);
  assert.deepEqual(readdirSync(join(root, "tmp")), []);
  assert.ok(existsSync(join(root, "kept", "file")));
});

test("sha256OfFile and sha256Of return the hash in hexadecimal", async () => {
  await writeFile(join(root, "file"), "abc");
  const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.equal(await sha256OfFile(join(root, "file")), digest);
  assert.equal(sha256Of("abc"), digest);
  await assert.rejects(sha256OfFile(join(root, "none")), { code: "not-found" });
});
