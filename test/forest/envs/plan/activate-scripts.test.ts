import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { activateScripts } from "../../../../src/forest/envs/plan/activate-scripts.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "posy-activate-")));
after(() => rmSync(root, { recursive: true, force: true }));
const prefix = join(root, "it's an env");
const link = join(root, "homework", ".posy", "env");
mkdirSync(join(prefix, "bin"), { recursive: true });
for (const [name, text] of Object.entries(activateScripts(prefix, false))) {
  writeFileSync(join(prefix, "bin", name), text);
}
mkdirSync(dirname(link), { recursive: true });
symlinkSync(prefix, link);

function inShell(shell: readonly string[], script: string, cwd = root): readonly string[] {
  const [program = "", ...options] = shell;
  const run = spawnSync(program, [...options, "-c", `PS1='$ '\n${script}`], {
    cwd,
    env: { PATH: "/usr/bin:/bin", PYTHONHOME: "/elsewhere" },
    encoding: "utf8",
  });
  assert.equal(run.stderr, "");
  return run.stdout.replace(/\n$/, "").split("\n");
}

describe("bin/activate", { skip: process.platform === "win32" }, () => {
  const shells = [["bash", "--norc"], ["bash", "--norc", "-eu"], ["sh"], ["sh", "-eu"]];
  for (const shell of shells) {
    test(`puts the environment first on PATH, and \`deactivate\` removes it: ${shell.join(" ")}`, () => {
      const script = `. "${prefix}/bin/activate"
echo "$VIRTUAL_ENV"; echo "$PATH"; echo "\${PYTHONHOME-unset}"; echo "$PS1"
. "${prefix}/bin/activate"; echo "$PATH"
deactivate
echo "$PATH \${VIRTUAL_ENV-unset} $PYTHONHOME $PS1"; command -v deactivate || echo gone`;
      assert.deepEqual(inShell(shell, script), [
        prefix,
        `${prefix}/bin:/usr/bin:/bin`,
        "unset",
        "(posy) $ ",
        `${prefix}/bin:/usr/bin:/bin`,
        "/usr/bin:/bin unset /elsewhere $ ",
        "gone",
      ]);
    });
  }

  test("names the prompt after the project whose link was sourced, also from a subfolder", () => {
    const script = '. ../.posy/env/bin/activate; echo "$VIRTUAL_ENV"; echo "$PS1"';
    const below = join(root, "homework", "src");
    mkdirSync(below, { recursive: true });
    assert.deepEqual(inShell(["bash", "--norc"], script, below), [link, "(homework) $ "]);
  });

  test("leaves the prompt alone with VIRTUAL_ENV_DISABLE_PROMPT", () => {
    const script = `VIRTUAL_ENV_DISABLE_PROMPT=1; . "${link}/bin/activate"; echo "$PS1"; deactivate; echo "$PS1"`;
    assert.deepEqual(inShell(["sh"], script), ["$ ", "$ "]);
  });
});

test("writes an activation script for each shell of Windows", () => {
  const scripts = activateScripts("C:\\posy\\env", true);
  assert.deepEqual(Object.keys(scripts).sort(), [
    "Activate.ps1",
    "activate",
    "activate.bat",
    "deactivate.bat",
  ]);
  assert.ok(scripts["activate"]?.includes("VIRTUAL_ENV='C:/posy/env'"));
  assert.match(scripts["activate.bat"] ?? "", /^@echo off\r\n/);
});
