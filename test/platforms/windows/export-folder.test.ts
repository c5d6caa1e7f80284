import assert from "node:assert/strict";
import { cpSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex, type TestIndex } from "../../support/index-server.ts";
import { makeWheel } from "../../support/make-wheel.ts";
import { newSandbox, type Sandbox } from "../../support/posy.ts";
import { prepareWine, runWine, windowsPath, withoutWine } from "../support/wine.ts";

const main = `import importlib.metadata, os, site, subprocess, sys
def main():
    child = subprocess.run([sys.executable, "-I", "-c", "import tool; print('child')"], capture_output=True, text=True)
    print(ascii(sys.argv[1:]), ascii(sys.prefix), ascii(sys.executable))
    print(importlib.metadata.version("tool"), child.stdout.strip() or child.stderr, site.ENABLE_USER_SITE)
    print(os.path.exists(os.path.join(sys.prefix, "share", "tool", "data.txt")))
    sys.exit(7)
`;

const tool = makeWheel({
  name: "tool",
  files: {
    "tool/__init__.py": "",
    "tool/main.py": main,
    "tool-1.0.data/data/share/tool/data.txt": "data\n",
    "tool-1.0.data/scripts/old-script": "#!python\nprint('old')\n",
  },
  entryPoints: { tool: "tool.main:main" },
});

describe("a folder that was exported on Linux for Windows", { skip: withoutWine }, () => {
  let index: TestIndex;
  let sandbox: Sandbox;
  let exported: string;

  before(async () => {
    await prepareWine();
    index = await startIndex({ files: [tool] });
    sandbox = await newSandbox();
    writeFileSync(
      join(sandbox.cwd, "job.py"),
      "# /// script\n# dependencies = ['tool']\n# ///\nprint('job')\n",
    );
    exported = join(sandbox.cwd, "exported");
    const run = await sandbox.posy(
      ["export", "--platform", "windows-x86_64", "--dir", exported, "--script", "job.py"],
      { env: { UV_DEFAULT_INDEX: index.url }, timeout: 300_000 },
    );
    assert.equal(run.status, 0, run.stderr);
  });
  after(async () => {
    sandbox[Symbol.dispose]();
    await index.close();
  });

  test("starts its programs", async () => {
    const run = await runWine(join(exported, "Scripts", "tool.exe"), ["a b"], { cwd: sandbox.cwd });
    const text = (path: string) => `'${windowsPath(path).replaceAll("\\", "\\\\")}'`;
    assert.equal(
      run.stdout,
      [
        `['a b'] ${text(exported)} ${text(join(exported, "Scripts", "python.exe"))}`,
        "1.0 child False",
        "True",
        "",
      ].join("\r\n"),
      run.stderr,
    );
    assert.equal(run.status, 7);
  });

  test("starts its programs although PYTHONHOME is that of another Python", async () => {
    for (const program of ["tool", "old-script", "job"]) {
      const env = { PYTHONHOME: windowsPath(sandbox.cwd) };
      const run = await runWine(join(exported, "Scripts", `${program}.exe`), [], { cwd: sandbox.cwd, env });
      assert.equal(run.status, program === "tool" ? 7 : 0, run.stderr);
    }
  });

  test("starts scripts of wheels and a script with metadata", async () => {
    for (const [program, text] of [
      ["old-script", "old\r\n"],
      ["job", "job\r\n"],
    ] as const) {
      const run = await runWine(join(exported, "Scripts", `${program}.exe`), [], { cwd: sandbox.cwd });
      assert.deepEqual([run.stdout, run.status], [text, 0], run.stderr);
    }
  });

  test("can be moved to a folder with spaces and accents", async () => {
    const moved = join(sandbox.cwd, "größe & co", "zwei");
    mkdirSync(join(moved, ".."));
    cpSync(exported, `${moved}-copy`, { recursive: true });
    renameSync(`${moved}-copy`, moved);
    const run = await runWine(join(moved, "Scripts", "tool.exe"), [], { cwd: sandbox.cwd });
    assert.equal(run.status, 7, run.stderr);
    assert.match(run.stdout, /^1\.0 child False\r$/m);
  });
});
