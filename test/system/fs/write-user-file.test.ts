import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { writeUserFile } from "../../../src/system/fs/write-user-file.ts";

const root = mkdtempSync(join(tmpdir(), "posy-user-file-"));
after(() => rmSync(root, { recursive: true, force: true }));
const isWindows = process.platform === "win32";

test("writeUserFile makes a new file, and the folder that it is in", async () => {
  const path = join(root, "new", "file");
  await writeUserFile(path, "text");
  assert.equal(readFileSync(path, "utf8"), "text");
});

test("writeUserFile writes the target of a chain of symbolic links", { skip: isWindows }, async () => {
  mkdirSync(join(root, "links"));
  writeFileSync(join(root, "real.toml"), "old");
  symlinkSync("../real.toml", join(root, "links", "second"));
  symlinkSync(join(root, "links", "second"), join(root, "links", "first"));
  await writeUserFile(join(root, "links", "first"), "new");
  assert.equal(readFileSync(join(root, "real.toml"), "utf8"), "new");
  assert.ok(!lstatSync(join(root, "real.toml")).isSymbolicLink());
  assert.equal(readlinkSync(join(root, "links", "second")), "../real.toml");
  assert.equal(readlinkSync(join(root, "links", "first")), join(root, "links", "second"));
});

test("writeUserFile makes the missing target of a symbolic link", { skip: isWindows }, async () => {
  symlinkSync("target", join(root, "dangling"));
  await writeUserFile(join(root, "dangling"), "text");
  assert.equal(readFileSync(join(root, "target"), "utf8"), "text");
  assert.equal(readlinkSync(join(root, "dangling")), "target");
});

test("writeUserFile reports a cycle of symbolic links", { skip: isWindows }, async () => {
  symlinkSync("cycle", join(root, "cycle"));
  await assert.rejects(writeUserFile(join(root, "cycle"), "text"), { code: "filesystem" });
});

for (const mode of [0o600, 0o644, 0o664, 0o755]) {
  test(`writeUserFile keeps the mode ${mode.toString(8)}`, { skip: isWindows }, async () => {
    const path = join(root, `mode-${mode}`);
    writeFileSync(path, "old");
    chmodSync(path, mode);
    await writeUserFile(path, "new");
    assert.equal(statSync(path).mode & 0o7777, mode);
    assert.equal(readFileSync(path, "utf8"), "new");
  });
}

const isRoot = process.getuid?.() === 0;

test("writeUserFile keeps the owner", { skip: !isRoot }, async () => {
  const path = join(root, "owned");
  writeFileSync(path, "old");
  const { chownSync } = await import("node:fs");
  chownSync(path, 1234, 5678);
  await writeUserFile(path, "new");
  const { uid, gid } = statSync(path);
  assert.deepEqual([uid, gid, readFileSync(path, "utf8")], [1234, 5678, "new"]);
});

test("writeUserFile overwrites a file in a read-only folder", { skip: isWindows || isRoot }, async () => {
  const folder = join(root, "read-only");
  mkdirSync(folder);
  writeFileSync(join(folder, "file"), "old");
  chmodSync(folder, 0o555);
  await writeUserFile(join(folder, "file"), "new");
  chmodSync(folder, 0o755);
  assert.equal(readFileSync(join(folder, "file"), "utf8"), "new");
});

test("writeUserFile leaves no temporary file behind", async () => {
  const names = readdirSync(root).filter((name) => /\.\w+-\d+-/.test(name));
  assert.deepEqual(names, []);
});

test("writeUserFile keeps the old content if a file that can't be replaced is on a full disk", {
  skip: process.platform !== "linux" || process.getuid?.() !== 0,
}, async () => {
  const mount = (...args: string[]) => assert.equal(spawnSync("mount", args).status, 0, args.join(" "));
  const [full, roomy] = [join(root, "full"), join(root, "roomy")];
  for (const folder of [full, roomy]) mkdirSync(folder);
  const path = join(roomy, "pyproject.toml");
  writeFileSync(path, "");
  mount("-t", "tmpfs", "-o", "size=64k", "posy-test", full);
  try {
    writeFileSync(join(full, "file"), "old content");
    writeFileSync(join(full, "filler"), Buffer.alloc(60 * 1024));
    // A container often has a single file of its host in it. Nothing can be renamed over it.
    mount("--bind", join(full, "file"), path);
    await writeUserFile(path, "short");
    assert.equal(readFileSync(path, "utf8"), "short");
    await assert.rejects(writeUserFile(path, "x".repeat(100_000)), { code: "no-space" });
    assert.equal(readFileSync(path, "utf8"), "short");
  } finally {
    spawnSync("umount", [path]);
    spawnSync("umount", [full]);
  }
});
