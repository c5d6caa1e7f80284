import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex, type TestIndex } from "../../support/index-server.ts";
import { makeWheel } from "../../support/make-wheel.ts";
import { compiledPosy } from "../support/compiled-posy.ts";
import { programPath } from "../support/tools.ts";
import {
  newWindowsSandbox,
  sandboxVariables,
  storedPython,
  type WindowsSandbox,
} from "../support/windows-sandbox.ts";
import { runAtTerminal, windowsPath, withoutWine } from "../support/wine.ts";

/** Waits for Ctrl-C. Ends with status 7 if it gets an argument, else as Python ends by itself. */
const waiter = `import os, sys, time
def main():
    try:
        with open("started", "w") as started: started.write("1")
        time.sleep(60)
    except KeyboardInterrupt:
        with open("interrupted", "a") as log: log.write("x")
        if sys.argv[1:] == ["7"]: sys.exit(7)
        raise
`;

/** Starts a program, survives Ctrl-C itself, and writes down the exit code of the program. */
const observer = `import ctypes, subprocess, sys
child = subprocess.Popen(sys.argv[1:])
ctypes.windll.kernel32.SetConsoleCtrlHandler(None, True)
code = child.wait()
with open("ended", "w") as file: file.write(str(code & 0xFFFFFFFF))
`;

const skip = withoutWine || (programPath("script") === undefined && "skipped: needs `script` of bsdutils");

describe("Ctrl-C on Windows", { skip }, () => {
  let index: TestIndex;
  let sandbox: WindowsSandbox;
  before(async () => {
    index = await startIndex({
      files: [
        makeWheel({
          name: "waiter",
          files: {
            "waiter.py": waiter,
            "waiter-1.0.data/scripts/waiter-script": "#!python\nimport waiter\nwaiter.main()\n",
          },
          entryPoints: { waiter: "waiter:main" },
        }),
      ],
    });
    sandbox = await newWindowsSandbox();
    writeFileSync(join(sandbox.cwd, "observer.py"), observer);
    writeFileSync(
      join(sandbox.cwd, "pyproject.toml"),
      `[project]\nname = "app"\nversion = "0.1"\ndependencies = ["waiter"]\n[tool.posy]\nplatforms = ["windows-x86_64"]\n` +
        `[tool.posy.commands]\nsteps = { all = ["waiter 7", "python -c \\"open('second', 'w')\\""] }\n`,
    );
    const made = await sandbox.posy(["env"], { env: { UV_DEFAULT_INDEX: index.url } });
    assert.equal(made.status, 0, made.stderr);
  });
  after(async () => {
    sandbox[Symbol.dispose]();
    await index.close();
  });

  for (const [what, args, code] of [
    ["an entry point, whose exit code counts", ["run", "waiter", "7"], 7],
    ["a #!python script, which ends by Ctrl-C", ["run", "waiter-script"], 0xc000013a],
    ["a command of the project, and starts no further step", ["run", "steps"], 7],
  ] as const) {
    test(`reaches ${what}`, async () => {
      for (const name of ["started", "interrupted", "ended"])
        rmSync(join(sandbox.cwd, name), { force: true });
      const posy = windowsPath(compiledPosy("windows-x86_64"));
      const command = [windowsPath(storedPython(sandbox)), "observer.py", posy, ...args];
      const output = await runAtTerminal(command, {
        started: join(sandbox.cwd, "started"),
        cwd: sandbox.cwd,
        env: { ...sandboxVariables(sandbox), UV_DEFAULT_INDEX: index.url },
      });
      assert.equal(readFileSync(join(sandbox.cwd, "ended"), "utf8"), String(code), output);
      assert.equal(readFileSync(join(sandbox.cwd, "interrupted"), "utf8"), "x", output);
      assert.doesNotMatch(output, /batch job/i);
      assert.equal(existsSync(join(sandbox.cwd, "second")), false);
    });
  }
});

/** Runs a program, and writes down the code pages of the console before and after it. */
const codePages = `import ctypes, subprocess, sys
kernel = ctypes.windll.kernel32
pages = lambda: [kernel.GetConsoleCP(), kernel.GetConsoleOutputCP()]
before = pages()
subprocess.run(sys.argv[1:])
with open("pages", "w") as file: file.write(str([before, pages()]))
`;

describe("the code page of a console", { skip }, () => {
  test("does not matter to messages and to programs, and stays as it was", async () => {
    using sandbox = await newWindowsSandbox();
    writeFileSync(join(sandbox.cwd, "pages.py"), codePages);
    const python = windowsPath(storedPython(sandbox));
    const posy = windowsPath(compiledPosy("windows-x86_64"));
    const at = { cwd: sandbox.cwd, env: sandboxVariables(sandbox) };
    const message = await runAtTerminal([python, "pages.py", posy, "run", "--", "no-é-日本"], at);
    assert.match(message, /there is no command `no-é-日本`/);
    assert.equal(readFileSync(join(sandbox.cwd, "pages"), "utf8"), "[[437, 437], [437, 437]]");
    const words = ["run", "--", "python", "-c", "import sys; print('child:', sys.argv[1])", "é 日本"];
    assert.match(await runAtTerminal([python, "pages.py", posy, ...words], at), /child: *é 日本/);
    assert.equal(readFileSync(join(sandbox.cwd, "pages"), "utf8"), "[[437, 437], [437, 437]]");
  });
});
