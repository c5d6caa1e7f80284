import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pipBatch, uvBatch } from "../../../src/operations/run/guard-batches.ts";
import { removeFolder } from "../../support/remove-folder.ts";
import { prepareWine, runWine, windowsPath, winePrefix, withoutWine } from "../support/wine.ts";

const root = mkdtempSync(join(tmpdir(), "posy-guards-"));
const guards = join(root, "guards");
const bin = join(root, "real programs");
const posyEnv = "C:\\store\\envs-v1\\cpython-3.13.1-0123456789abcdef0123456789abcdef";
after(() => removeFolder(root));

/** Runs a line in `cmd`, as a shell in an environment does: the guards come before other programs of the name. */
async function guard(line: string, variables: Readonly<Record<string, string>> = { VIRTUAL_ENV: posyEnv }) {
  const path = `${windowsPath(guards)};${windowsPath(bin)};%PATH%`;
  // The line is in a file, because `cmd /c` has rules of its own for quotes.
  const lines = ["@echo off", `set "PATH=${path}"`, `call ${line}`, "exit %ERRORLEVEL%", ""];
  writeFileSync(join(root, "line.cmd"), lines.join("\r\n"));
  return runWine("cmd", ["/c", windowsPath(join(root, "line.cmd"))], { env: variables, cwd: root });
}

describe("the guards of an environment on Windows", { skip: withoutWine }, () => {
  before(async () => {
    await prepareWine();
    for (const folder of [guards, bin]) mkdirSync(folder);
    for (const name of ["pip.cmd", "pip3.cmd"]) writeFileSync(join(guards, name), pipBatch);
    writeFileSync(join(guards, "uv.cmd"), uvBatch);
    // A program that prints its arguments: `uv /c echo …`.
    const cmd = join(winePrefix, "drive_c", "windows", "system32", "cmd.exe");
    for (const name of ["pip.exe", "uv.exe"]) copyFileSync(cmd, join(bin, name));
  });

  for (const [line, error, hint] of [
    ["pip install six", "no `pip` in the environment", "posy add PACKAGE"],
    ["pip3 list", "no `pip3` in the environment", "posy add PACKAGE"],
    ["uv pip install six idna", "`uv pip install` would change", "posy add six idna"],
    ['uv --quiet pip install -U "six>=1"', "`uv pip install` would change", "posy add six>=1"],
    ["uv pip sync requirements.txt", "`uv pip sync` would change", "posy add -r requirements.txt"],
    ["uv pip uninstall six", "`uv pip uninstall` would change", "posy remove six"],
    ["uv pip install", "`uv pip install` would change", "posy add PACKAGE"],
  ] as const) {
    test(`refuse \`${line}\``, async () => {
      const { status, stdout, stderr } = await guard(line);
      assert.deepEqual([status, stdout], [1, ""], stderr);
      assert.ok(stderr.startsWith("error: ") && stderr.includes(error), stderr);
      assert.ok(stderr.includes(`hint: \`${hint}\``), stderr);
      assert.deepEqual(readdirSync(root).toSorted(), ["guards", "line.cmd", "real programs"]);
    });
  }

  for (const words of [
    "pip list",
    "pip install --target there six",
    "pip install --target=there six",
    "pip install -p 3.12 six",
    "pip install --system six",
    "pip install --dry-run six",
    "add install",
  ]) {
    test(`start the real uv for \`uv ${words}\``, async () => {
      const { stdout, stderr } = await guard(`uv /c echo real ${words}`);
      assert.equal(stdout, `real ${words}\r\n`, stderr);
    });
  }

  test("start the real programs outside of an environment of Posy", async () => {
    for (const variables of [{}, { VIRTUAL_ENV: "C:\\me\\.venv" }]) {
      for (const line of ["pip /c echo real install", "uv /c echo real pip install six"]) {
        const { stdout, stderr } = await guard(line, variables);
        assert.equal(stdout, `${line.slice(line.indexOf("real"))}\r\n`, stderr);
      }
    }
    const system = { VIRTUAL_ENV: posyEnv, UV_SYSTEM_PYTHON: "1" };
    assert.match((await guard("uv /c echo real pip install six", system)).stdout, /^real pip install six/);
  });

  test("are not found if there is no such program", async () => {
    const { status, stderr } = await guard("pip3 list", {});
    assert.deepEqual([status, stderr], [1, "pip3: not found\r\n"]);
  });
});
