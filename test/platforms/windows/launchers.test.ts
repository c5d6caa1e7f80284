import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileLauncher, loadLaunchers, zipLauncher } from "../../../src/forest/launchers/index.ts";
import { newWindowsSandbox, type WindowsSandbox } from "../support/windows-sandbox.ts";
import { runWine, windowsPath, withoutWine } from "../support/wine.ts";

const main = `import os, sys
print(ascii(sys.argv))
print(ascii([sys.prefix, sys.executable, os.environ.get("__PYVENV_LAUNCHER__")]))
print(ascii(sys.stdin.read()))
sys.stderr.write("error output")
sys.exit(int(sys.argv[1]))
`;

describe("a launcher", { skip: withoutWine }, () => {
  let sandbox: WindowsSandbox;
  let base: string;

  before(async () => {
    sandbox = await newWindowsSandbox();
    const pythons = join(sandbox.home, "data", "pythons-v1");
    base = join(pythons, readdirSync(pythons)[0] ?? "", "Scripts", "python.exe");
  });
  after(() => sandbox[Symbol.dispose]());

  /** Writes an environment with python.exe, a program with a zip, and a program with a script. */
  async function writeEnv(prefix: string): Promise<string> {
    const launchers = await loadLaunchers("windows-x86_64");
    const scripts = join(prefix, "Scripts");
    mkdirSync(scripts, { recursive: true });
    const configuration = `home = nowhere\r\nbase-executable = ${windowsPath(base)}\r\n`;
    writeFileSync(
      join(prefix, "pyvenv.cfg"),
      configuration.replace("nowhere", windowsPath(join(base, ".."))),
    );
    writeFileSync(join(scripts, "python.exe"), launchers.console);
    writeFileSync(join(scripts, "pythonw.exe"), launchers.gui);
    writeFileSync(join(scripts, "zipped.exe"), zipLauncher(launchers, main, false));
    writeFileSync(join(scripts, "windowed.exe"), zipLauncher(launchers, main, true));
    writeFileSync(join(scripts, "beside.exe"), fileLauncher(launchers, false));
    writeFileSync(join(scripts, "beside-script.py"), main);
    writeFileSync(join(scripts, "named.exe"), fileLauncher(launchers, false));
    writeFileSync(join(scripts, "named.py"), main);
    return scripts;
  }

  const expected = (prefix: string, script: string, args: string, input = "''") => {
    const text = (path: string) => `'${windowsPath(path).replaceAll("\\", "\\\\")}'`;
    const python = script === "windowed.exe" ? "pythonw.exe" : "python.exe";
    return [
      `[${text(join(prefix, "Scripts", script))}, ${args}]`,
      `[${text(prefix)}, ${text(join(prefix, "Scripts", python))}, None]`,
      input,
      "",
    ].join("\r\n");
  };

  for (const [program, script] of [
    ["zipped.exe", "zipped.exe"],
    ["windowed.exe", "windowed.exe"],
    ["beside.exe", "beside-script.py"],
    ["named.exe", "named.py"],
  ] as const) {
    test(`runs the script of ${program} with arguments, streams and exit code`, async () => {
      const prefix = join(sandbox.root, "env");
      const scripts = await writeEnv(prefix);
      const typed = ["77", 'a "b" c', "back\\slash\\", 'all\\"', "", "%PATH% ^& | <", "é"];
      const run = await runWine(windowsPath(join(scripts, program)), typed, { stdin: "input" });
      const args = `'77', 'a "b" c', 'back\\\\slash\\\\', 'all\\\\"', '', '%PATH% ^& | <', '\\xe9'`;
      assert.equal(run.stdout, expected(prefix, script, args, "'input'"));
      assert.equal(run.stderr, "error output");
      assert.equal(run.status, 77);
    });
  }

  for (const [what, name] of [
    ["has spaces and other scripts", "with space é 日本"],
    ["is longer than 260 characters", `${"long".repeat(20)}/`.repeat(4)],
  ] as const) {
    test(`works in a folder whose name ${what}`, async () => {
      const prefix = join(sandbox.root, name);
      const scripts = await writeEnv(prefix);
      const run = await runWine(windowsPath(join(scripts, "zipped.exe")), ["0"], {
        env: { PYTHONUTF8: "1" },
      });
      assert.equal(run.status, 0, run.stderr);
      assert.match(run.stdout, /^\['.*zipped\.exe', '0'\]\r\n/);
    });
  }

  test("starts Python as the environment that it was copied to", async () => {
    await writeEnv(join(sandbox.root, "first"));
    const prefix = join(sandbox.root, "second");
    const scripts = await writeEnv(prefix);
    copyFileSync(join(sandbox.root, "first", "Scripts", "zipped.exe"), join(scripts, "other.exe"));
    const run = await runWine(windowsPath(join(scripts, "other.exe")), ["3"]);
    assert.equal(run.stdout, expected(prefix, "other.exe", "'3'"));
    assert.equal(run.status, 3);
  });

  test("says which file is missing if it cannot start Python", async () => {
    const scripts = await writeEnv(join(sandbox.root, "broken"));
    writeFileSync(join(sandbox.root, "broken", "pyvenv.cfg"), "base-executable = C:\\gone\\python.exe\n");
    const gone = await runWine(windowsPath(join(scripts, "zipped.exe")), []);
    assert.match(gone.stderr, /^error: can't start `C:\\gone\\python\.exe`: \S/);
    assert.equal(gone.status, 1);
    writeFileSync(join(sandbox.root, "broken", "pyvenv.cfg"), "");
    const none = await runWine(windowsPath(join(scripts, "python.exe")), []);
    assert.match(none.stderr, /^error: there is no pyvenv\.cfg with `base-executable` for `Z:\\/);
  });

  test("ends Python when it is killed", async () => {
    const scripts = await writeEnv(join(sandbox.root, "killed"));
    const started = join(sandbox.root, "started");
    const code = `import os, time; open(r"${windowsPath(started)}", "w").write(str(os.getpid())); time.sleep(60)`;
    const killer = `import os, subprocess, sys, time
child = subprocess.Popen([sys.argv[1], "-c", sys.argv[2]])
while not os.path.exists(sys.argv[3]) or not open(sys.argv[3]).read(): time.sleep(0.05)
child.kill()
child.wait()
time.sleep(1)
print("python.exe" in subprocess.run(["tasklist"], capture_output=True, text=True).stdout.lower().replace("python.exe", "", 1))
`;
    const run = await runWine(windowsPath(base), [
      "-c",
      killer,
      windowsPath(join(scripts, "python.exe")),
      code,
      windowsPath(started),
    ]);
    assert.equal(run.stdout.trim(), "False", run.stderr);
  });
});

describe("the Python of an environment", { skip: withoutWine }, () => {
  test("starts, and belongs to the environment", async () => {
    using sandbox = await newWindowsSandbox();
    const code = "import sys; print(sys.prefix == sys.base_prefix, sys.prefix, sys.argv[1:]); sys.exit(5)";
    const run = await sandbox.posy(["run", "--", "python", "-c", code, 'a "b', ""]);
    assert.match(
      run.stdout,
      /^False Z:\\.*\\home\\data\\envs-v1\\cpython-\S+ \['a "b', ''\]\r\n$/,
      run.stderr,
    );
    assert.equal(run.status, 5);
  });
});
