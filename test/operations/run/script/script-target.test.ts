import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { PosyError } from "../../../../src/errors/posy-error.ts";
import { keepScript } from "../../../../src/operations/run/script/script-of-command.ts";
import { scriptTarget } from "../../../../src/operations/run/script/script-target.ts";
import { commandForText } from "../../../../src/operations/run/script/standard-input.ts";
import { largestText } from "../../../../src/system/fs/named-file.ts";
import { startFileServer } from "../../../support/file-server.ts";
import { newScriptFixture, withBlock, type ScriptFixture } from "./script-fixture.ts";

const block = withBlock('dependencies = ["six"]', "[tool.posy]", 'env-file = ".env"');

const targetOf = (
  { context }: ScriptFixture,
  command: readonly string[],
  { isScript = false, execute = false } = {},
) => scriptTarget(command, { isScript, execute }, { python: "3.13" }, context);

describe("a command that is a script", () => {
  test("is read once: the text of the warm start counts", async () => {
    using fixture = newScriptFixture({ "a.py": "print(1)\n" });
    const path = fixture.path("a.py");
    keepScript({ path, text: block });
    const choice = { isScript: false, execute: false };
    const target = await scriptTarget(["a.py"], choice, {}, fixture.context);
    assert.deepEqual(target?.options.script, { path, text: block });
    assert.equal(await scriptTarget(["a.py"], choice, {}, fixture.context), undefined);
  });

  test("with a block is run by Python, with the environment of its block", async () => {
    using fixture = newScriptFixture({ "a.py": block, "sub/tool": block });
    for (const name of ["a.py", "./sub/tool"]) {
      const target = await targetOf(fixture, [name, "x"]);
      assert.deepEqual(target?.command, ["python", name, "x"]);
      assert.deepEqual(target?.options.script, { path: resolve(fixture.cwd, name), text: block });
      assert.equal(target?.envFiles?.length, 1);
    }
  });

  test("without a block is an ordinary command", async () => {
    using fixture = newScriptFixture({ "a.py": "print(1)\n" });
    assert.equal(await targetOf(fixture, ["a.py"]), undefined);
    assert.equal(await targetOf(fixture, ["missing.py"]), undefined);
    assert.equal(await targetOf(fixture, ["pytest"]), undefined);
    assert.equal(await targetOf(fixture, []), undefined);
  });

  test("with `--script` is run by Python, whatever its name and content are", async () => {
    using fixture = newScriptFixture({ plain: "print(1)\n" });
    for (const name of ["plain", "missing"]) {
      assert.deepEqual(await targetOf(fixture, [name, "x"], { isScript: true }), {
        options: { python: "3.13" },
        key: [],
        envFiles: undefined,
        command: ["python", name, "x"],
      });
    }
  });

  test("may be a notebook, which is opened or executed", async () => {
    using fixture = newScriptFixture({ "a.IPYNB": '{"cells": []}' });
    const path = fixture.path("a.IPYNB");
    assert.deepEqual((await targetOf(fixture, ["a.IPYNB"]))?.command, ["jupyter-lab", path]);
    const executed = await targetOf(fixture, ["a.IPYNB"], { execute: true });
    assert.deepEqual(executed?.command, ["jupyter-execute", path]);
  });

  test("is refused with `--execute` if it is not a notebook", async () => {
    using fixture = newScriptFixture({ "a.py": block });
    await assert.rejects(
      targetOf(fixture, ["a.py"], { execute: true }),
      (error) =>
        error instanceof PosyError && error.code === "usage" && error.message.includes("`--execute`"),
    );
  });
});

describe("a command that is a URL", () => {
  test("is downloaded and run by Python, with and without a block", async () => {
    using fixture = newScriptFixture({ "a.py": block, "b%20c": "print(1)\n", "d.ipynb": '{"cells": []}' });
    await using server = await startFileServer(fixture.cwd);
    const target = await targetOf(fixture, [`${server.url}a.py`, "x"]);
    const [program, file = "", ...args] = target?.command ?? [];
    assert.deepEqual([program, ...args], ["python", "x"]);
    assert.ok(file.startsWith(join(fixture.root, "home")) && file.endsWith("a.py"));
    assert.equal(readFileSync(file, "utf8"), block);
    assert.deepEqual(target?.options.script, { path: file, text: block });
    const plain = await targetOf(fixture, [`${server.url}b%2520c`]);
    assert.ok(plain?.command[1]?.endsWith("b_20c.py") && plain.envFiles === undefined);
    const notebook = await targetOf(fixture, [`${server.url}d.ipynb`]);
    assert.ok(notebook?.command[1]?.endsWith("d.ipynb"));
  });
});

const child = fileURLToPath(new URL("script-child.ts", import.meta.url));

describe("a command that is read from standard input", { skip: typeof Bun === "undefined" }, () => {
  function read(fixture: ScriptFixture, input: string | Uint8Array): unknown {
    const { stdout, stderr } = spawnSync(process.execPath, [child, "x"], {
      cwd: fixture.cwd,
      env: fixture.context.environment as Record<string, string>,
      input,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    assert.equal(stderr, "");
    return JSON.parse(stdout);
  }

  test("is run with the environment of its block, as if it were in the current folder", () => {
    using fixture = newScriptFixture();
    const { command, options } = read(fixture, block) as NonNullable<Awaited<ReturnType<typeof targetOf>>>;
    assert.deepEqual(command, ["python", "-c", block, "x"]);
    assert.deepEqual(options.script, { path: fixture.path("<stdin>"), text: block });
  });

  // The test needs a terminal, which Python can make.
  const python = spawnSync("python3", ["-c", "import pty"]);
  test("is no script at a terminal: there it starts the prompt of Python", {
    skip: python.status !== 0,
  }, () => {
    using fixture = newScriptFixture();
    const output = fixture.path("output");
    const run = spawnSync(
      "python3",
      ["-c", "import pty, sys; pty.spawn(sys.argv[1:])", "sh", "-c", `exec "$@" > '${output}'`, "sh"].concat(
        process.execPath,
        child,
      ),
      { cwd: fixture.cwd, env: fixture.context.environment as Record<string, string>, timeout: 60_000 },
    );
    assert.equal(run.status, 0, String(run.stderr));
    assert.equal(readFileSync(output, "utf8"), "undefined\n");
  });

  test("may contain any characters, and come in several pieces", () => {
    using fixture = newScriptFixture();
    const text = `# ${"ä€😀".repeat(12_000)}\n`;
    const { command } = read(fixture, text) as { readonly command: readonly string[] };
    assert.equal(command.length, 4);
    assert.equal(readFileSync(/p = "([^"]+)"/.exec(command[2] ?? "")?.[1] ?? "", "utf8"), text);
  });

  test("is refused if it has no end", () => {
    using fixture = newScriptFixture();
    assert.match(String(read(fixture, Buffer.alloc(largestText + 1, "#"))), /<stdin>/);
  });
});

test("a long script from standard input is in a file, which Python removes when it has read it", async () => {
  using fixture = newScriptFixture();
  const { context } = fixture;
  const longest = process.platform === "win32" ? 16_000 : 96_000;
  const long = `import sys\nprint(sys.argv[1:], __name__)\n#ä${"x".repeat(longest)}`;
  const fitting = long.slice(0, longest - 1);
  assert.equal(Buffer.byteLength(fitting), longest);
  assert.deepEqual(await commandForText({ path: "", text: fitting }, ["x"], context), [
    "python",
    "-c",
    fitting,
    "x",
  ]);
  const [program, option, run = "", ...args] = await commandForText(
    { path: "", text: long.slice(0, longest) },
    ["x"],
    context,
  );
  assert.deepEqual([program, option, args], ["python", "-c", ["x"]]);
  const file = /p = "([^"]+)"/.exec(run)?.[1] ?? "";
  assert.ok(existsSync(file) && file.startsWith(join(fixture.root, "home")));
  const { stdout, error } = spawnSync("python3", ["-c", run, "x"], { encoding: "utf8" });
  if (error !== undefined) return;
  assert.equal(stdout, "['x'] __main__\n");
  assert.ok(!existsSync(file));
});
