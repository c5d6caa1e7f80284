import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { newPlace, type Place, posyCommand } from "../support/posy.ts";

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

function run(place: Place, args: readonly string[], env: Readonly<Record<string, string>>) {
  const change = [`--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
  return spawnSync("setpriv", [...change, ...posyCommand, ...args], {
    cwd: place.cwd,
    env: { PATH: process.env["PATH"], POSY_PYTHON_MIRROR: "off", ...env },
    encoding: "utf8",
  });
}

/** A place whose folder `open` everyone may write to. */
async function newOpenPlace(): Promise<Place & { readonly open: string }> {
  const place = await newPlace();
  chmodSync(place.root, 0o755);
  const open = join(place.root, "open");
  mkdirSync(open);
  chmodSync(open, 0o777);
  return { ...place, open };
}

describe("a user without a home folder and without `HOME`", { skip: !canChangeUser }, () => {
  test("runs programs with POSY_HOME, or with the XDG variables", async () => {
    using place = await newOpenPlace();
    const { open } = place;
    const rows = [
      { POSY_HOME: join(open, "home") },
      { XDG_DATA_HOME: join(open, "data"), XDG_CACHE_HOME: join(open, "cache") },
    ];
    for (const env of rows) {
      const { status, stderr, stdout } = run(place, ["cache", "dir"], env);
      assert.deepEqual([status, stderr], [0, ""]);
      assert.ok(stdout.startsWith(open), stdout);
      const list = run(place, ["python", "list", "--offline"], env);
      assert.deepEqual([list.status, list.stderr], [0, ""]);
    }
  });

  test("is told what to set otherwise", async () => {
    using place = await newOpenPlace();
    for (const args of [["cache", "dir"], ["python", "list"], ["run", "--", "python"], ["shell"], ["lock"]]) {
      const { status, stderr } = run(place, args, {});
      assert.equal(status, 2, stderr);
      assert.match(stderr, /^error: the home folder .* is unknown.*\nhint: set `POSY_HOME`/);
    }
  });
});
