import assert from "node:assert/strict";
import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { newSandbox, type Sandbox } from "../support/posy.ts";

const pyproject = (dependencies: string) =>
  `[project]\nname = "app"\nversion = "0.1"\ndependencies = [${dependencies}]\n\n[tool.posy]\nplatforms = ["linux-x86_64"]\n`;
const wheel = (name: string) => makeWheel({ name, version: "1.0", files: { [`${name}.py`]: "" } });

/** Returns the texts of `pyproject.toml` and of the lock. */
function textsOf(sandbox: Sandbox): readonly [string, string] {
  const read = (name: string) => readFileSync(join(sandbox.cwd, name), "utf8");
  return [read("pyproject.toml"), read("pylock.toml")];
}

test("posy add, remove, upgrade and lock all take effect when they run at the same time", async () => {
  using sandbox = await newSandbox();
  await using index = await startIndex({ files: ["a", "b", "c", "gone"].map(wheel) });
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), pyproject('"gone"'));
  const indexed = ["--default-index", index.url];
  const commands = [
    ["add", "a"],
    ["add", "--group", "dev", "b"],
    ["add", "c"],
    ["remove", "gone"],
    ["upgrade"],
    ["lock"],
  ];
  const runs = await Promise.all(commands.map((args) => sandbox.posy([...args, ...indexed])));
  for (const [position, { status, stderr }] of runs.entries()) {
    assert.equal(status, 0, `${commands[position]?.join(" ")}: ${stderr}`);
  }
  const [text, lock] = textsOf(sandbox);
  assert.match(text, /dependencies = \[\s*"a>=1.0",\s*"c>=1.0",?\s*\]/);
  assert.match(text, /dev = \[\s*"b>=1.0",\s*\]/);
  assert.deepEqual(lock.match(/^name = "\w+"$/gm), ['name = "a"', 'name = "b"', 'name = "c"']);
  assert.match(runs.map(({ stderr }) => stderr).join(), /warning: waiting for another posy that changes/);
  assert.equal((await sandbox.posy(["lock", "--check", ...indexed])).status, 0);
});

test("posy add follows symbolic links and keeps the modes of files", {
  skip: process.platform === "win32",
}, async () => {
  using sandbox = await newSandbox();
  await using index = await startIndex({ files: [wheel("a"), wheel("b")] });
  const real = join(sandbox.cwd, "real");
  mkdirSync(real);
  writeFileSync(join(real, "project.toml"), pyproject(""));
  chmodSync(join(real, "project.toml"), 0o600);
  symlinkSync("real/project.toml", join(sandbox.cwd, "pyproject.toml"));
  symlinkSync("real/lock.toml", join(sandbox.cwd, "pylock.toml"));
  const indexed = ["--default-index", index.url];
  assert.equal((await sandbox.posy(["add", "a", ...indexed])).status, 0);
  chmodSync(join(real, "lock.toml"), 0o640);
  assert.equal((await sandbox.posy(["add", "b", ...indexed])).status, 0);
  const [text, lock] = textsOf(sandbox);
  assert.match(text, /"a>=1.0",\s*"b>=1.0"/);
  assert.match(lock, /name = "b"/);
  for (const name of ["pyproject.toml", "pylock.toml"]) {
    assert.ok(lstatSync(join(sandbox.cwd, name)).isSymbolicLink(), name);
  }
  const modeOf = (name: string) => statSync(join(real, name)).mode & 0o777;
  assert.deepEqual([modeOf("project.toml"), modeOf("lock.toml")], [0o600, 0o640]);

  symlinkSync("real/out.txt", join(sandbox.cwd, "requirements.txt"));
  symlinkSync("real/version", join(sandbox.cwd, ".python-version"));
  assert.equal(
    (await sandbox.posy(["export", "--no-hashes", "-o", "requirements.txt", ...indexed])).status,
    0,
  );
  assert.match(readFileSync(join(real, "out.txt"), "utf8"), /^b==1.0$/m);
  writeFileSync(join(real, "version"), "3.10\n");
  chmodSync(join(real, "version"), 0o600);
  assert.equal((await sandbox.posy(["python", "pin", "3.12"])).status, 0);
  assert.equal(readFileSync(join(real, "version"), "utf8"), "3.12\n");
  assert.equal(modeOf("version"), 0o600);
});
