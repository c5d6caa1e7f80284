import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const has = (shell: string) => spawnSync("sh", ["-c", `command -v ${shell}`]).status === 0;

/** The folder of the programs has a name that a shell would read as something else. */
const binOf = (sandbox: Sandbox) => join(sandbox.root, "user", '.local/b $HOME "in"');

const updateShell = (sandbox: Sandbox, shell: string, more: Readonly<Record<string, string>> = {}) =>
  sandbox.posy(["tool", "update-shell"], {
    env: { SHELL: shell, POSY_TOOL_BIN_DIR: binOf(sandbox), PATH: "/usr/bin:/bin", ...more },
  });

/** Starts a shell as a new user would, and returns whether it finds a program in the folder. */
function finds(sandbox: Sandbox, ...command: readonly [string, ...string[]]): boolean {
  const bin = binOf(sandbox);
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "mytool"), "#!/bin/sh\necho works\n", { mode: 0o755 });
  const [file, ...args] = command;
  const env = { HOME: join(sandbox.root, "user"), PATH: "/usr/bin:/bin" };
  return spawnSync(file, [...args, "-c", "mytool"], { encoding: "utf8", env }).stdout === "works\n";
}

describe("posy tool update-shell", { skip: process.platform === "win32" }, () => {
  test("puts the folder on the PATH of bash, as a login shell and otherwise", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const user = join(sandbox.root, "user");
    writeFileSync(join(user, ".bashrc"), "# mine");
    const first = await updateShell(sandbox, "/bin/bash");
    assertPrinted(
      first,
      `added ${binOf(sandbox)} to the PATH of new shells (${user}/.bashrc, ${user}/.profile); open a new shell to use it\n`,
    );
    assert.ok(finds(sandbox, "bash", "-l"));
    assert.ok(finds(sandbox, "bash", "--rcfile", join(user, ".bashrc"), "-i"));
    const text = readFileSync(join(user, ".bashrc"), "utf8");
    assert.match(text, /^# mine\nexport PATH=.* # added by the installer of Posy\n$/);
    // A second time changes nothing.
    const again = await updateShell(sandbox, "/bin/bash");
    assert.match(again.stdout, /is on the PATH of new shells/);
    assert.equal(readFileSync(join(user, ".bashrc"), "utf8"), text);
  });

  test("leaves a login profile of bash alone that reads `.bashrc`", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const profile = join(sandbox.root, "user", ".bash_profile");
    writeFileSync(profile, ". ~/.bashrc\n");
    const run = await updateShell(sandbox, "/bin/bash");
    assert.equal(run.status, 0, run.stderr);
    assert.equal(readFileSync(profile, "utf8"), ". ~/.bashrc\n");
    assert.ok(finds(sandbox, "bash", "-l"));
  });

  test("puts the folder on the PATH of zsh", { skip: !has("zsh") }, async () => {
    using sandbox = await newSandbox({ interpreter: false });
    assert.equal((await updateShell(sandbox, "/usr/bin/zsh")).status, 0);
    assert.ok(finds(sandbox, "zsh"));
  });

  test("puts the folder on the PATH of fish", { skip: !has("fish") }, async () => {
    using sandbox = await newSandbox({ interpreter: false });
    assert.equal((await updateShell(sandbox, "/usr/bin/fish")).status, 0);
    assert.ok(finds(sandbox, "fish"));
  });

  test("takes `.profile` for another shell", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    assert.equal((await updateShell(sandbox, "/bin/dash")).status, 0);
    assert.ok(finds(sandbox, "sh", "-l"));
  });

  test("does nothing if the folder is on the PATH", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const PATH = `/usr/bin:${binOf(sandbox)}`;
    assertPrinted(await updateShell(sandbox, "/bin/bash", { PATH }), `${binOf(sandbox)} is on the PATH\n`);
    const json = await sandbox.posy(["tool", "update-shell", "--json"], {
      env: { SHELL: "/bin/zsh", POSY_TOOL_BIN_DIR: binOf(sandbox) },
    });
    assert.deepEqual(JSON.parse(json.stdout), {
      folder: binOf(sandbox),
      state: "added",
      files: [join(sandbox.root, "user", ".zshenv")],
    });
  });

  test("says which line to add if the file cannot be written", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    mkdirSync(join(sandbox.root, "user", ".zshenv"));
    const run = await updateShell(sandbox, "/bin/zsh");
    assert.notEqual(run.status, 0);
    assert.match(run.stderr, /\.zshenv`/);
    assert.match(run.stderr, /the line is `export PATH=.*`/);
  });
});
