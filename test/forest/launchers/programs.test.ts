import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import programs from "../../../src/forest/launchers/programs.json" with { type: "json" };
import {
  batchLauncher,
  fileLauncher,
  launcherTarget,
  loadLaunchers,
  programLauncher,
  scriptNames,
  zipLauncher,
} from "../../../src/forest/launchers/index.ts";
import { openZip } from "../../../src/system/archives/index.ts";
import { bytesReader } from "../../../src/system/archives/zip/byte-reader.ts";

const processors = { "windows-x86_64": 0x8664, "windows-arm64": 0xaa64 };
const subsystems = { gui: 2, console: 3 };

describe("the compiled launchers", () => {
  test("are made from the present source (`npm run build:launchers`)", () => {
    const hash = createHash("sha256");
    for (const name of ["launcher.c", "run-program.h"])
      hash.update(readFileSync(join("src", "forest", "launchers", name)));
    assert.equal(programs.source, hash.digest("hex"));
  });

  for (const [platform, machine] of Object.entries(processors)) {
    for (const [kind, subsystem] of Object.entries(subsystems)) {
      test(`are small ${kind} programs for ${platform} that need only libraries of Windows`, async () => {
        const program = (await loadLaunchers(platform))[kind as keyof typeof subsystems];
        assert.ok(program.length < 16_384, `${program.length} bytes`);
        const header = program.readUInt32LE(0x3c);
        assert.equal(program.toString("latin1", header, header + 4), "PE\0\0");
        assert.equal(program.readUInt16LE(header + 4), machine);
        assert.equal(program.readUInt16LE(header + 24 + 68), subsystem);
        const libraries = program.toString("latin1").match(/[\w-]+\.dll/gi) ?? [];
        assert.deepEqual(
          [...new Set(libraries.map((name) => name.toLowerCase()))].sort(),
          kind === "gui" ? ["kernel32.dll", "user32.dll"] : ["kernel32.dll"],
        );
      });
    }
  }
});

describe("a launcher with a script", () => {
  test("is the program, a `#!` line, and a zip with the script", async () => {
    const launchers = await loadLaunchers("windows-x86_64");
    for (const gui of [false, true]) {
      const made = zipLauncher(launchers, "print(1)\n", gui);
      const program = gui ? launchers.gui : launchers.console;
      assert.ok(made.subarray(0, program.length).equals(program));
      const line = `#!<launcher_dir>\\${gui ? "pythonw" : "python"}.exe\r\n`;
      const start = program.length + line.length;
      assert.equal(made.toString("latin1", program.length, start), line);
      const zip = await openZip(bytesReader(made.subarray(start)));
      assert.deepEqual(
        zip.entries.map(({ path, size }) => ({ path, size })),
        [{ path: "__main__.py", size: 9 }],
      );
    }
  });

  test("ends after the `#!` line if the script is a file of its own", async () => {
    const launchers = await loadLaunchers("windows-arm64");
    assert.match(fileLauncher(launchers, false).toString("latin1"), /#!<launcher_dir>\\python\.exe\r\n$/);
  });
});

test("names the files of a script so that no module is imported by accident", () => {
  for (const [path, gui, script, program] of [
    ["tool", false, "tool-script.py", "tool.exe"],
    ["tool", true, "tool-script.pyw", "tool.exe"],
    ["tool.py", false, "tool.py", "tool.exe"],
    ["tool.PYW", true, "tool.PYW", "tool.exe"],
    ["tool.py", true, "tool.py-script.pyw", "tool.py.exe"],
    ["a.b", false, "a.b-script.py", "a.b.exe"],
  ] as const) {
    assert.deepEqual(scriptNames(path, gui), { script, program });
  }
});

describe("a launcher of another program", () => {
  const bin = "C:\\Users\\é 50%\\bin";

  test("is a program that ends with the path, from which the path can be read again", async () => {
    const launchers = await loadLaunchers("windows-x86_64");
    const target = "D:\\tools é\\tool.exe";
    const made = programLauncher(launchers, target, false);
    assert.equal(launcherTarget(bin, made), target);
    assert.equal(launcherTarget(bin, zipLauncher(launchers, "", false)), undefined);
    assert.equal(launcherTarget(bin, Buffer.from("anything else")), undefined);
  });

  for (const [target, written] of [
    ["C:\\Users\\é 50%\\tools\\x.cmd", '@"%~dp0..\\tools\\x.cmd" %*\r\n'],
    ["C:\\Users\\é 50%\\bin\\100%\\x.bat", '@"%~dp0100%%\\x.bat" %*\r\n'],
    ["D:\\100%\\x.bat", '@"D:\\100%%\\x.bat" %*\r\n'],
  ] as const) {
    test(`is a batch file if ${target} is one`, () => {
      const made = batchLauncher(bin, target);
      assert.equal(made.toString(), written);
      assert.equal(launcherTarget(bin, made), target);
    });
  }
});
