import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex, type TestIndex } from "../../support/index-server.ts";
import { makeWheel } from "../../support/make-wheel.ts";
import { newWindowsSandbox, wholeExitCodes, type WindowsSandbox } from "../support/windows-sandbox.ts";
import { runWine, windowsPath, withoutWine } from "../support/wine.ts";

const wheelOf = (version: string) =>
  makeWheel({
    name: "tool",
    version,
    files: {
      "tool.py": `import sys, ctypes\ndef main():\n    print("tool ${version}", sys.argv[1:])\n    ctypes.windll.kernel32.ExitProcess(0xc0000005) if sys.argv[1:] == ["crash"] else None\n`,
      [`tool-${version}.data/scripts/batch.cmd`]: `@echo batch ${version} [%1]\r\n@exit /b 4\r\n`,
      [`tool-${version}.data/scripts/for-unix`]: "#!/bin/sh\necho unix\n",
      [`tool-${version}.data/scripts/written.py`]: `#!python\nprint("written ${version}")\n`,
    },
    entryPoints: { tool: "tool:main" },
    guiEntryPoints: { "tool-gui": "tool:main" },
  });

describe("tools on Windows", { skip: withoutWine }, () => {
  let index: TestIndex;
  let sandbox: WindowsSandbox;
  let bin: string;

  before(async () => {
    index = await startIndex({ files: [wheelOf("1.0"), wheelOf("2.0")] });
    sandbox = await newWindowsSandbox();
    bin = join(sandbox.root, "bin é");
  });
  after(async () => {
    sandbox[Symbol.dispose]();
    await index.close();
  });

  const posy = async (...args: readonly string[]) => {
    const env = { UV_DEFAULT_INDEX: index.url, POSY_TOOL_BIN_DIR: windowsPath(bin) };
    const run = await sandbox.posy(args, { env });
    assert.equal(run.status, 0, run.stdout + run.stderr);
    return run;
  };

  test("are installed as programs, those that Windows cannot start are left out", async () => {
    mkdirSync(bin);
    // Belongs to somebody else, and must not be taken for the script of the launcher.
    writeFileSync(join(bin, "tool.py"), "print('wrong')\n");
    const { stdout } = await posy("tool", "install", "tool==1.0");
    assert.match(stdout, /^tool 1\.0 is installed: batch, tool, tool-gui, written$/m);
    assert.deepEqual(readdirSync(bin).sort(), [
      "batch.cmd",
      "tool-gui.exe",
      "tool.exe",
      "tool.py",
      "written.exe",
    ]);
  });

  test("start with their arguments, and pass exit codes on unchanged", async () => {
    const typed = ["a b", 'say "hi"', "%PATH%", "é"];
    const run = await runWine(windowsPath(join(bin, "tool.exe")), typed, { env: { PYTHONUTF8: "1" } });
    assert.equal(run.stdout, `tool 1.0 ['a b', 'say "hi"', '%PATH%', 'é']\r\n`, run.stderr);
    const written = await runWine(windowsPath(join(bin, "written.exe")), []);
    assert.equal(written.stdout, "written 1.0\r\n", written.stderr);
    const batch = await runWine("cmd", ["/d", "/c", windowsPath(join(bin, "batch.cmd")), "x"]);
    assert.equal(batch.stdout, "batch 1.0 [x]\r\n", batch.stderr);
    assert.equal(batch.status, 4);
    assert.deepEqual(
      await wholeExitCodes(sandbox, [[windowsPath(join(bin, "tool.exe")), "crash"]]),
      [0xc0000005],
    );
  });

  test("are listed, upgraded and run without installation", async () => {
    assert.match((await posy("tool", "list")).stdout, /^tool +1\.0/m);
    await posy("tool", "install", "tool");
    const run = await runWine(windowsPath(join(bin, "tool.exe")), ["x"]);
    assert.equal(run.stdout, "tool 2.0 ['x']\r\n", run.stderr);
    const upgrade = await posy("tool", "upgrade", "tool");
    assert.match(upgrade.stdout + upgrade.stderr, /tool/);
    assert.match((await posy("tool", "run", "tool@1.0", "y")).stdout, /^tool 1\.0 \['y'\]\r\n$/);
  });

  test("are exported, and installed again from that file", async () => {
    const exported = await posy("tool", "export");
    writeFileSync(join(sandbox.cwd, "tools.json"), exported.stdout);
    await posy("tool", "uninstall", "tool");
    const synced = await posy("tool", "sync", "tools.json");
    assert.match(synced.stdout, /tool 2\.0/);
    const run = await runWine(windowsPath(join(bin, "tool.exe")), []);
    assert.equal(run.stdout, "tool 2.0 []\r\n", run.stderr);
    assert.match((await posy("tool", "dir")).stdout, /\\tools-v1\r?\n$/);
    assert.match((await posy("tool", "dir", "--bin")).stdout, /\\bin é\r?\n$/);
  });

  test("are uninstalled with all their programs, and programs of others stay", async () => {
    await posy("tool", "uninstall", "tool");
    assert.deepEqual(readdirSync(bin), ["tool.py"]);
    assert.equal(existsSync(join(sandbox.home, "data", "tools-v1", "tool")), false);
  });
});
