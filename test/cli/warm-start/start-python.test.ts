import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { removeFolder } from "../../support/remove-folder.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "posy-start-python-")));
after(() => removeFolder(root));
const child = fileURLToPath(new URL("start-python-child.ts", import.meta.url));

/** Runs the launcher `python` of version 3.13 in an empty folder. */
function python(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [child, "3.13", ...args], {
    cwd: root,
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"],
      HOME: join(root, "user"),
      POSY_HOME: join(root, "home"),
      ...environment,
    },
  });
  return { status, stdout, stderr };
}

// On Windows, variables such as SystemRoot are needed. Node can't replace a process, and may not read TypeScript.
describe("starting `python`", { skip: typeof Bun === "undefined" || process.platform === "win32" }, () => {
  test("runs Posy and ends with its status", () => {
    const stdout = "posy run --no-project --python 3.13 -- python -c 1\n";
    assert.deepEqual(python(["-c", "1"]), { status: 0, stdout, stderr: "" });
    assert.equal(python(["-c", "1"], { STATUS: "3" }).status, 3);
  });

  test("says which Python was meant if that can't be started", () => {
    const { stderr } = python(["-3.12"], { STATUS: "1" });
    assert.equal(
      stderr,
      "note: `python` is a launcher of Posy, and this Python was meant because `-3.12` asks for it\n",
    );
  });

  test("says nothing more on Windows, where the status may be that of Python", () => {
    assert.equal(python(["-3.12"], { STATUS: "1", PLATFORM: "win32" }).stderr, "");
  });

  test("says nothing more if Posy has refused to run pip", () => {
    assert.equal(python(["-m", "pip", "install", "six"], { STATUS: "1" }).stderr, "");
  });

  test("explains itself before it shows the help of Python", () => {
    const { stdout } = python(["--help"]);
    assert.match(stdout, /^This `python` is a launcher of Posy\.[^]*\nposy run .* -- python --help\n$/);
  });

  test("refuses a version that Posy can't have", () => {
    assert.deepEqual(python(["-3.12-32"]), {
      status: 2,
      stdout: "",
      stderr:
        "error: `-3.12-32` asks for a Python of 32 bits, and Posy has none\n" +
        "hint: `python --list` lists the Pythons, and `python -3.13` starts one\n",
    });
  });

  test("becomes the Python of an activated environment", () => {
    mkdirSync(join(root, "venv", "bin"), { recursive: true });
    writeFileSync(join(root, "venv", "bin", "python"), '#!/bin/sh\necho "$VIRTUAL_ENV $*"\nexit 7\n', {
      mode: 0o755,
    });
    const VIRTUAL_ENV = join(root, "venv");
    assert.deepEqual(python(["x.py", "a"], { VIRTUAL_ENV }), {
      status: 7,
      stdout: `${VIRTUAL_ENV} x.py a\n`,
      stderr: "",
    });
  });
});
