import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { newWindowsSandbox, type WindowsSandbox } from "../support/windows-sandbox.ts";
import { windowsPath, withoutWine } from "../support/wine.ts";

const show = `import os; print(os.environ.get("MIXED"), os.environ.get("PYTHONHOME"), os.environ["PATH"].count("extra"), os.environ["PATH"].split(";")[0].endswith("Scripts"))`;

describe("variables on Windows, whose names have no case", { skip: withoutWine }, () => {
  let sandbox: WindowsSandbox;
  before(async () => {
    sandbox = await newWindowsSandbox();
    writeFileSync(join(sandbox.cwd, "show.py"), `${show}\n`);
    writeFileSync(join(sandbox.cwd, "vars.env"), "MIXED=of-file\npath=Z:\\extra\n");
    writeFileSync(
      join(sandbox.cwd, "pyproject.toml"),
      `[project]\nname = "app"\nversion = "0.1"\n[tool.posy]\nplatforms = ["windows-x86_64"]\n[tool.posy.commands]\n` +
        `show = { run = "python show.py", variables = { MIXED = "of-command" } }\n`,
    );
  });
  after(() => sandbox[Symbol.dispose]());

  test("a variable that is set stays, whatever its case in a file", async () => {
    const run = await sandbox.posy(
      ["run", "--no-project", "--env-file", "vars.env", "--", "python", "show.py"],
      {
        env: { mixed: "of-caller", PythonHome: windowsPath(sandbox.root) },
      },
    );
    assert.equal(run.stdout, "of-caller None 0 True\r\n", run.stderr);
  });

  test("a variable of a command replaces that of the caller", async () => {
    const run = await sandbox.posy(["run", "show"], { env: { mixed: "of-caller" } });
    assert.equal(run.stdout, "of-command None 0 True\r\n", run.stderr);
  });

  test("Posy starts without HOME, USERPROFILE and the folders of applications", async () => {
    const without = { HOME: undefined, USERPROFILE: undefined, LOCALAPPDATA: undefined, APPDATA: undefined };
    const run = await sandbox.posy(["run", "--no-project", "--", "python", "-c", "print(1)"], {
      env: without,
    });
    assert.equal(run.stdout, "1\r\n", run.stderr);
    const list = await sandbox.posy(["python", "list"], { env: without });
    assert.match(list.stdout, /in the store/, list.stderr);
  });
});
