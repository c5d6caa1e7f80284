import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type IndexFile, startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox } from "../support/posy.ts";

const files: IndexFile[] = [
  makeWheel({ name: "greeting", files: { "greeting.py": "", "many/__init__.py": "" } }),
  makeWheel({ name: "coverage", files: { "coverage/__init__.py": "" } }),
];

/** A program that adds a module to site-packages, whatever the mode of the folder. */
const adding = `import os, sysconfig
folder = sysconfig.get_path("purelib")
os.chmod(folder, 0o755)
open(os.path.join(folder, "added.py"), "w").close()`;

const imports = `import importlib.util
print(importlib.util.find_spec("added") is not None)`;

describe("what a run adds to the environment", () => {
  test("is not seen by the next run, which explains how to add packages", async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    const run = (program: string) =>
      sandbox.posy([
        "run",
        "--default-index",
        index.url,
        "--with",
        "greeting",
        "--",
        "python",
        "-c",
        program,
      ]);
    assertPrinted(await run(imports), "False\n");
    assertPrinted(await run(adding), "");
    const next = await run(imports);
    assertPrinted(next, "False\n");
    assert.match(next.stderr, /another program added `added\.py` to the environment .*made again/);
    assert.match(next.stderr, /`posy add`/);
    const later = await run(imports);
    assertPrinted(later, "False\n");
    assert.equal(later.stderr, "");
  });

  test("is not seen by another command with the same packages", async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    const run = (options: readonly string[], program: string) =>
      sandbox.posy(["run", "-q", "--default-index", index.url, ...options, "--", "python", "-c", program]);
    assertPrinted(await run(["--with", "greeting"], adding), "");
    assertPrinted(await run(["--with", "greeting==1.0"], imports), "False\n");
  });
});

describe("pip", () => {
  test("of another Python is not started by a program in the environment, which has none", async () => {
    using sandbox = await newSandbox();
    const folder = join(sandbox.root, "bin");
    mkdirSync(folder);
    for (const name of ["pip", "pip3"]) {
      writeFileSync(join(folder, name), "#!/bin/sh\necho foreign\n", { mode: 0o755 });
    }
    const env = { PATH: `${folder}:${process.env["PATH"]}` };
    // A shell, and a notebook, which starts a shell for `!pip install six`.
    const inShell = (line: string) => sandbox.posy(["run", "--", "sh", "-c", line], { env });
    for (const time of ["first", "again"]) {
      const refused = await inShell("pip install -q six");
      assertFailed(refused, 1, /there is no `pip` in the environment/, /`posy add six` adds to the project/);
      assert.ok(time);
    }
    assertFailed(await inShell("pip3 list"), 1, /there is no `pip3` in the environment/);
    const nested = await inShell("sh -c 'pip install six'");
    assertFailed(nested, 1, /there is no `pip`/);
    // After `deactivate`, the pip of the user is back.
    assertPrinted(await inShell("unset VIRTUAL_ENV; pip install six"), "foreign\n");
  });

  test("may not install packages, and may not run at all if it belongs to another Python", async () => {
    using sandbox = await newSandbox();
    const folder = join(sandbox.root, "bin");
    mkdirSync(folder);
    writeFileSync(join(folder, "pip"), "#!/bin/sh\necho foreign\n", { mode: 0o755 });
    const env = { PATH: `${folder}:${process.env["PATH"]}` };
    assertFailed(
      await sandbox.posy(["run", "--", "pip", "list"], { env }),
      127,
      /another Python/,
      /posy add/,
    );
    const install = await sandbox.posy(["run", "--", "pip", "install", "six"], { env });
    assertFailed(install, 1, /`pip install` would change an environment/, /posy add six/);
  });

  test("may not install packages in a project command either", async () => {
    using sandbox = await newSandbox();
    writeFileSync(
      join(sandbox.cwd, "pyproject.toml"),
      '[project]\nname = "p"\nversion = "1"\n[tool.posy.commands]\nsetup = "pip install six"\n',
    );
    assertFailed(await sandbox.posy(["run", "setup"]), 1, /`pip install` would change/, /posy add six/);
  });
});

test("an environment with coverage has the real paths of its packages", async () => {
  await using index = await startIndex({ files });
  using sandbox = await newSandbox();
  const program = `import greeting, many, os, sysconfig
root = os.path.realpath(sysconfig.get_path("purelib"))
print([os.path.realpath(module.__file__).startswith(root) for module in (greeting, many)])`;
  const args = ["run", "--default-index", index.url, "--with", "coverage", "--with", "greeting"];
  assertPrinted(await sandbox.posy([...args, "--", "python", "-c", program]), "[True, True]\n");
});
