import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { compiledPosy } from "../support/compiled-posy.ts";
import {
  newWindowsSandbox,
  sandboxVariables,
  wholeExitCodes,
  type WindowsSandbox,
} from "../support/windows-sandbox.ts";
import { windowsPath, withoutWine } from "../support/wine.ts";

const exitWith = (code: number) => `import ctypes; ctypes.windll.kernel32.ExitProcess(${code})`;

describe("an exit code of Windows, which has 32 bits", { skip: withoutWine }, () => {
  let sandbox: WindowsSandbox;
  before(async () => {
    sandbox = await newWindowsSandbox();
    writeFileSync(
      join(sandbox.cwd, "pyproject.toml"),
      `[project]\nname = "app"\nversion = "0.1"\n[tool.posy]\nplatforms = ["windows-x86_64"]\n[tool.posy.commands]\n` +
        `fails = '''python -c "${exitWith(0xc0000100)}"'''\nsteps = { all = ["fails", "fails"] }\n`,
    );
  });
  after(() => sandbox[Symbol.dispose]());

  const codesOf = (...commands: readonly (readonly string[])[]) =>
    wholeExitCodes(
      sandbox,
      commands.map((args) => [windowsPath(compiledPosy("windows-x86_64")), ...args]),
      { env: sandboxVariables(sandbox) },
    );

  test("passes through `posy run` and the launcher of Python", async () => {
    // An access violation, Ctrl-C, -1, one whose lowest byte is 0, and an ordinary failure.
    const codes = [0xc0000005, 0xc000013a, 0xffffffff, 0x100, 3];
    const commands = codes.map((code) => ["run", "--no-project", "--", "python", "-c", exitWith(code)]);
    assert.deepEqual(await codesOf(...commands), codes);
  });

  test("passes through a command of a project, and through several", async () => {
    assert.deepEqual(await codesOf(["run", "fails"], ["run", "steps"]), [0xc0000100, 0xc0000100]);
  });
});
