import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { assertFailed, assertPrinted, newSandbox } from "../support/posy.ts";

const show = "import os; print(*(os.environ.get(name, '-') for name in ['ONE', 'TWO', 'THREE']))";
const python = ["python", "-c", show];

describe("--env-file", () => {
  test("sets its variables for the program, on a cold and on a warm start", async () => {
    using sandbox = await newSandbox();
    writeFileSync(join(sandbox.cwd, "a.env"), "# a comment\nONE=1\nTWO='two words'\n");
    writeFileSync(join(sandbox.cwd, "b.env"), "TWO=2\nTHREE=3\n");
    const run = ["run", "--env-file", "a.env", "--env-file=b.env", "--", ...python];
    for (let round = 0; round < 2; round += 1) assertPrinted(await sandbox.posy(run), "1 2 3\n");
    // A variable that is already set keeps its value.
    assertPrinted(await sandbox.posy(run, { env: { ONE: "own" } }), "own 2 3\n");
    // The file is read on every start.
    writeFileSync(join(sandbox.cwd, "b.env"), "TWO=changed\n");
    assertPrinted(await sandbox.posy(run), "1 changed -\n");
  });

  test("reports a file that does not exist, on a cold and on a warm start", async () => {
    using sandbox = await newSandbox();
    const run = ["run", "--env-file", "no.env", "--", ...python];
    assertFailed(await sandbox.posy(run), 1, /reading `[^`]*no\.env` failed: there is no such file/);
    assertFailed(await sandbox.posy(run), 1, /no\.env/);
  });

  test("must be given for a `.env` to be read", async () => {
    using sandbox = await newSandbox();
    writeFileSync(join(sandbox.cwd, ".env"), "ONE=1\n");
    assertPrinted(await sandbox.posy(["run", "--", ...python]), "- - -\n");
  });
});

test("a project's `env-file` that is missing is an error that names the setting, unless it is optional", async () => {
  using sandbox = await newSandbox();
  const write = (value: string, ofCommand = '"c.env"') =>
    writeFileSync(
      join(sandbox.cwd, "pyproject.toml"),
      `[tool.posy]\nenv-file = ${value}\n[tool.posy.commands]\nshow = { run = ["python", "-c", ${JSON.stringify(show)}], env-file = ${ofCommand} }\n`,
    );
  const run = ["run", "--", ...python];
  write('".env"');
  for (let round = 0; round < 2; round += 1) {
    assertFailed(
      await sandbox.posy(run),
      1,
      /reading `[^`]*\.env` failed: there is no such file or folder; `tool\.posy\.env-file` in `pyproject\.toml:2` names it/,
      /optional = true/,
    );
  }
  write('{ path = ".env", optional = true }');
  for (let round = 0; round < 2; round += 1) assertPrinted(await sandbox.posy(run), "- - -\n");
  writeFileSync(join(sandbox.cwd, ".env"), "ONE=1\n");
  assertPrinted(await sandbox.posy(run), "1 - -\n");
  assertFailed(
    await sandbox.posy(["show"]),
    1,
    /`tool\.posy\.commands\.show\.env-file` in `pyproject\.toml:4`/,
  );
  write('[{ path = ".env", optional = true }]', '{ path = "c.env", optional = true }');
  assertPrinted(await sandbox.posy(["show"]), "1 - -\n");
});

test("a project's `env-file` applies to programs and commands, and `--env-file` overrides it", async () => {
  using sandbox = await newSandbox();
  const lines = [
    "[tool.posy]",
    'platforms = ["linux-x86_64"]',
    'env-file = "project.env"',
    "[tool.posy.commands]",
    `show = { run = ["python", "-c", ${JSON.stringify(show)}], variables = { THREE = "own" } }`,
    "",
  ];
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), lines.join("\n"));
  writeFileSync(join(sandbox.cwd, "project.env"), "ONE=project\nTWO=project\n");
  mkdirSync(join(sandbox.cwd, "below"));
  writeFileSync(join(sandbox.cwd, "below", "mine.env"), "TWO=mine\n");
  for (let round = 0; round < 2; round += 1) {
    assertPrinted(await sandbox.posy(["run", "--", ...python]), "project project -\n");
    assertPrinted(await sandbox.posy(["show"]), "project project own\n");
    const typed = ["run", "--env-file", "mine.env"];
    const below = { cwd: join(sandbox.cwd, "below") };
    assertPrinted(await sandbox.posy([...typed, "--", ...python], below), "project mine -\n");
    assertPrinted(await sandbox.posy([...typed, "show"], below), "project mine own\n");
    assertPrinted(await sandbox.posy(["run", "--no-project", "--", ...python]), "- - -\n");
  }
  const shell = await sandbox.posy(["shell", "--env-file", "below/mine.env"], {
    env: { SHELL: "/bin/sh" },
    stdin: "echo $ONE $TWO\n",
  });
  assert.equal(shell.stdout, "project mine\n", shell.stderr);
});
