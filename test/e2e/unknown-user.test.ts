import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { newSandbox, type Sandbox, posyCommand } from "../support/posy.ts";

const uid = "12345";

/** Only root can become a user without an entry in the password database. */
const canChangeUser =
  process.getuid?.() === 0 &&
  spawnSync("setpriv", [
    `--reuid=${uid}`,
    `--regid=${uid}`,
    "--clear-groups",
    posyCommand[0] ?? "",
    "--version",
  ]).status === 0;

function run(sandbox: Sandbox, args: readonly string[], env: Readonly<Record<string, string>>) {
  const change = [`--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
  return spawnSync("setpriv", [...change, ...posyCommand, ...args], {
    cwd: sandbox.cwd,
    env: { PATH: process.env["PATH"], POSY_PYTHON_MIRROR: "off", ...env },
    encoding: "utf8",
  });
}

/** A sandbox whose folder `open` everyone may write to, as to `/tmp`. */
async function newOpenSandbox(): Promise<Sandbox & { readonly open: string }> {
  const sandbox = await newSandbox();
  chmodSync(sandbox.root, 0o755);
  const open = join(sandbox.root, "open");
  mkdirSync(open);
  chmodSync(open, 0o1777);
  return { ...sandbox, open };
}

describe("a user without a home folder and without `HOME`", { skip: !canChangeUser }, () => {
  test("runs programs with POSY_HOME, or with the XDG variables", async () => {
    using sandbox = await newOpenSandbox();
    const { open } = sandbox;
    const rows = [
      { POSY_HOME: join(open, "home") },
      { XDG_DATA_HOME: join(open, "data"), XDG_CACHE_HOME: join(open, "cache") },
    ];
    for (const env of rows) {
      const { status, stderr, stdout } = run(sandbox, ["cache", "dir"], env);
      assert.deepEqual([status, stderr], [0, ""]);
      assert.ok(stdout.startsWith(open), stdout);
      const list = run(sandbox, ["python", "list", "--offline"], env);
      assert.deepEqual([list.status, list.stderr], [0, ""]);
    }
  });

  test("gets an error that says what to set if neither is set", async () => {
    using sandbox = await newOpenSandbox();
    for (const args of [["cache", "dir"], ["python", "list"], ["run", "--", "python"], ["shell"], ["lock"]]) {
      const { status, stderr } = run(sandbox, args, {});
      assert.equal(status, 2, stderr);
      assert.match(stderr, /^error: the home folder .* is unknown.*\nhint: set `POSY_HOME`/);
    }
  });
});
