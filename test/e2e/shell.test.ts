import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox, posyCommand } from "../support/posy.ts";
import { atTerminal } from "../support/terminal.ts";

const ready = "ready> ";
const tool = makeWheel({
  name: "tool",
  files: { "tool.py": "def main(): print('a tool')\n" },
  entryPoints: { "a-tool": "tool:main" },
});

/**
 * Writes start-up files that put a folder with another `python` first on the PATH. Returns the variables of this user.
 */
function user(sandbox: Sandbox): Readonly<Record<string, string>> {
  const home = join(sandbox.root, "user");
  const shims = join(home, "shims");
  mkdirSync(join(home, ".config", "fish"), { recursive: true });
  mkdirSync(shims);
  for (const name of ["python", "pip"]) {
    writeFileSync(join(shims, name), `#!/bin/sh\necho a shim\n`, { mode: 0o755 });
  }
  const rc = `export PATH="${shims}:$PATH" MINE=yes\nPS1='${ready}'\n`;
  writeFileSync(join(home, ".bashrc"), rc);
  writeFileSync(join(home, ".zshrc"), `${rc}unsetopt zle\n`);
  writeFileSync(join(home, ".zshenv"), "export MY_ZSHENV=read\n");
  writeFileSync(
    join(home, ".config", "fish", "config.fish"),
    `set -gx PATH "${shims}" $PATH\nset -gx MINE yes\nfunction fish_prompt; echo -n '${ready}'; end\n`,
  );
  return { HOME: home, POSY_HOME: sandbox.home, POSY_PYTHON_MIRROR: "off" };
}

function programOf(shell: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, shell))
    .find((path) => existsSync(path));
}

describe("posy shell at a terminal", () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const program = programOf(shell);
    test(`${shell} has the environment even if the user's start-up file changes the PATH`, {
      skip: program === undefined,
    }, async () => {
      using sandbox = await newSandbox();
      await using index = await startIndex({ files: [tool] });
      const variables = { ...user(sandbox), SHELL: program ?? "" };
      const lines = [
        "a-tool",
        'python -c \'import os, sys; print(sys.prefix == os.environ["VIRTUAL_ENV"], os.environ["MINE"])\'',
        "pip install six",
        "deactivate",
        "python",
        "pip install six",
        "command -v a-tool | wc -l",
        "exit 7",
      ];
      const { output, status } = await atTerminal(
        sandbox,
        ["shell", "--default-index", index.url, "--with", "tool"],
        { lines, ready, variables },
      );
      // fish turns bracketed paste on and off around each command.
      const paste = ["h", "l"].map((end) => `\u001b[?2004${end}`);
      const shown = paste
        .reduce((text, sequence) => text.replaceAll(sequence, ""), output.replaceAll("\r", ""))
        .split("\n");
      const times = (text: string) => shown.filter((line) => line.trim() === text).length;
      assert.deepEqual(
        [times("a tool"), times("True yes"), times("a shim"), times("0")],
        [1, 1, 2, 1],
        output,
      );
      assert.equal(
        times("hint: `posy add six` adds to the project, `posy run --with PACKAGE` to a single run"),
        1,
      );
      assert.match(output, /started a shell in `[^`]+`: `exit` leaves it/);
      if (shell !== "fish") assert.match(output, /\(posy\) ready> /);
      assert.equal(status, 7);
      assert.equal(existsSync(join(sandbox.root, "user", ".zsh_history")), false);
    });
  }

  test("a shell of a project sees a changed lock, and a nested shell says that it is nested", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [tool] });
    writeFileSync(
      join(sandbox.cwd, "pyproject.toml"),
      '[project]\nname = "mine"\nversion = "1.0"\ndependencies = []\n[tool.posy]\nplatforms = ["linux-x86_64"]\n',
    );
    const bin = join(sandbox.root, "bin");
    mkdirSync(bin);
    // The Posy under test, as `posy` on the PATH.
    writeFileSync(
      join(bin, "posy"),
      `#!/bin/sh\nexec ${posyCommand.map((word) => `'${word}'`).join(" ")} "$@"\n`,
      { mode: 0o755 },
    );
    const variables = {
      ...user(sandbox),
      SHELL: "/bin/bash",
      PATH: `${bin}:${process.env["PATH"]}`,
      UV_DEFAULT_INDEX: index.url,
    };
    const lines = [
      "posy add -q tool && posy run true",
      "a-tool",
      "posy shell",
      "posy shell --no-project",
      "echo $POSY_SHELL",
      "exit 3",
      "exit",
    ];
    const { output, status } = await atTerminal(sandbox, ["shell"], { lines, ready, variables });
    const link = join(sandbox.cwd, ".posy", "env");
    assert.match(output, /^a tool\r?$/m, output);
    assert.ok(output.includes(`started a shell in \`${link}\`: `), output);
    assert.ok(output.includes(`this shell is in \`${link}\` already`), output);
    assert.ok(output.includes(`, inside the one in \`${link}\``), output);
    assert.match(output, /\(cwd\) ready> /);
    assert.equal(status, 3);
  });
});

describe("posy shell without a terminal", () => {
  test("has the variables of the environment, and Posy ends with its status", async () => {
    using sandbox = await newSandbox();
    const variables = user(sandbox);
    const run = (shell: string, stdin: string) =>
      sandbox.posy(["shell", "--no-index"], { env: { ...variables, SHELL: shell }, stdin });
    const says = "python -c 'import sys, os; print(sys.prefix == os.environ[\"VIRTUAL_ENV\"])'\nexit 5\n";
    for (const shell of ["/bin/sh", "bash"]) {
      const ran = await run(shell, says);
      assert.equal(ran.stdout, "True\n", ran.stderr);
      assert.equal(ran.status, 5);
      assert.equal(ran.stderr, "");
    }
    assertFailed(await run("/nowhere/xsh", ""), 127, /no shell `\/nowhere\/xsh`/, /SHELL/);
  });

  test("starts from the cached answer of `posy run`", async () => {
    using sandbox = await newSandbox();
    const environment = { ...user(sandbox), SHELL: "/bin/sh" };
    const options = ["--default-index", "http://127.0.0.1:1/simple/"];
    assertPrinted(await sandbox.posy(["run", ...options, "--", "true"], { env: environment }), "");
    assertPrinted(
      await sandbox.posy(["shell", ...options], { env: environment, stdin: "echo in\n" }),
      "in\n",
    );
  });
});
