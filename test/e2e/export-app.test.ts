import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex, type TestIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, newSandbox, type Sandbox } from "../support/posy.ts";

const main = `import json, multiprocessing, subprocess, sys
def square(number):
    return number * number
def main():
    child = subprocess.run([sys.executable, "-I", "-c", "import tool; print(tool.__name__)"], capture_output=True, text=True)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        squares = pool.map(square, [1, 2])
    print(json.dumps({
        "arguments": sys.argv[1:], "prefix": sys.prefix, "child": child.stdout.strip() or child.stderr,
        "squares": squares, "input": sys.stdin.read(),
    }))
    sys.exit(3 if "fail" in sys.argv else 0)
`;
const tool = makeWheel({
  name: "tool",
  version: "1.5",
  files: {
    "tool/__init__.py": "",
    "tool/main.py": main,
    "tool-1.5.data/scripts/script": "#!python\nprint('script')\n",
  },
  entryPoints: { tool: "tool.main:main" },
});

describe("`posy export --app`", { skip: process.platform !== "linux" }, () => {
  let index: TestIndex;
  let sandbox: Sandbox;
  let folder: string;

  before(async () => {
    index = await startIndex({ files: [tool] });
    sandbox = await newSandbox();
    folder = join(sandbox.cwd, "out");
    const run = await posy(["--app", "tool", "-o", folder, "tool"]);
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stderr, /^wrote `.*\/out\/tool` for linux-\w+: [\d.]+ MB$/m);
  });
  after(async () => {
    sandbox[Symbol.dispose]();
    await index.close();
  });

  const posy = (args: readonly string[]) =>
    sandbox.posy(["export", "--no-project", "--default-index", index.url, ...args], { timeout: 300_000 });
  const start = (program: string, args: readonly string[], input = "", env: NodeJS.ProcessEnv = {}) =>
    spawnSync(program, args, {
      encoding: "utf8",
      input,
      env: { PATH: "/usr/bin:/bin", HOME: join(sandbox.root, "home"), ...env },
    });

  test("writes a program that needs nothing else, and passes arguments, input and exit status on", () => {
    const cache = join(sandbox.root, "home", ".cache", "posy-apps", "tool");
    for (const args of [["a b", "ü", ""], ["fail"]]) {
      const { status, stdout, stderr } = start(join(folder, "tool"), args, "typed", { PYTHONHOME: "/x" });
      assert.equal(stderr, "");
      assert.equal(status, args.includes("fail") ? 3 : 0);
      const { prefix, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
      assert.deepEqual(rest, { arguments: args, child: "tool", squares: [1, 4], input: "typed" });
      assert.ok(String(prefix).startsWith(`${cache}/`), String(prefix));
    }
    assert.equal(readdirSync(cache).filter((name) => name !== "lock").length, 1);
  });

  test("shows the contents with `--posy-info`", () => {
    const { stdout } = start(join(folder, "tool"), ["--posy-info"]);
    assert.match(
      stdout,
      /^tool 1\.5\nplatform: linux-\w+\nPython 3\.[\d.]+\ntool 1\.5\nunpacked to: \/.*\n\n/,
    );
    assert.match(stdout, /^bin\/tool \d+$/m);
  });

  test("contains the manifest, the bill of materials and the licences", () => {
    const { stdout } = start(join(folder, "tool"), ["--posy-info"]);
    for (const name of ["posy-manifest.json", "posy-sbom.cdx.json", "posy-licenses.txt"])
      assert.match(stdout, new RegExp(`^${name.replaceAll(".", "\\.")} \\d+$`, "m"));
    const [, unpacked = ""] = /^unpacked to: (.*)$/m.exec(stdout) ?? [];
    assert.equal(start(join(folder, "tool"), []).status, 0);
    const sbom = JSON.parse(readFileSync(join(unpacked, "posy-sbom.cdx.json"), "utf8")) as {
      components: { name: string; version: string }[];
    };
    assert.ok(sbom.components.some(({ name, version }) => name === "tool" && version === "1.5"));
  });

  test("says what `--strip` removes, and that Linux has no icons and no console windows", async () => {
    const icon = join(sandbox.cwd, "tool.ico");
    writeFileSync(icon, "");
    const options = ["--strip", "--compile", "--icon", icon, "--windowed"];
    const run = await posy(["--app", "tool", "-o", join(sandbox.cwd, "small"), ...options, "tool"]);
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stderr, /^removed headers: \d+ files, /m);
    assert.match(run.stderr, /`--icon` has no effect: programs for Linux have no icon/);
    assert.match(run.stderr, /`--windowed` has no effect: programs for Linux have no console window/);
    const small = start(join(sandbox.cwd, "small", "tool"), ["--posy-info"]).stdout;
    assert.match(small, /\/__pycache__\/.*\.pyc \d+$/m);
    assert.equal(start(join(sandbox.cwd, "small", "tool"), []).status, 0);
  });

  test("makes a program of a script of a wheel, and of an added entry point", async () => {
    for (const [name, args] of [
      ["script", []],
      ["added", ["--entry-point", "added=tool.main:main"]],
    ] as const) {
      const run = await posy(["--app", name, "-o", folder, ...args, "tool"]);
      assert.equal(run.status, 0, run.stderr);
      assert.match(
        start(join(folder, name), []).stdout,
        name === "script" ? /^script\n$/ : /"child": "tool"/,
      );
    }
  });

  test("writes files for several platforms, with the same bytes each time", async () => {
    const platforms = ["linux-x86_64", "windows-x86_64"].flatMap((name) => ["--platform", name]);
    const names = ["tool-linux-x86_64", "tool-windows-x86_64.exe"];
    const contents: Buffer[] = [];
    for (const out of ["first", "second"]) {
      const run = await posy(["--app", "tool", "-o", join(sandbox.cwd, out), ...platforms, "tool"]);
      assert.equal(run.status, 0, run.stderr);
      assert.deepEqual(readdirSync(join(sandbox.cwd, out)).sort(), names);
      contents.push(...names.map((name) => readFileSync(join(sandbox.cwd, out, name))));
    }
    assert.ok(contents[0]?.equals(contents[2] ?? Buffer.alloc(0)));
    assert.ok(contents[1]?.equals(contents[3] ?? Buffer.alloc(0)));
    assert.equal(contents[1]?.toString("latin1", 0, 2), "MZ");
  });

  test("writes a `.pyz` that a Python starts, and that says which Python it needs", async () => {
    const path = join(folder, "tool.pyz");
    const run = await posy(["--pyz", path, "tool"]);
    assert.equal(run.status, 0, run.stderr);
    const cache = join(sandbox.root, "home", ".cache", "posy-apps", "tool");
    const [version = ""] = readdirSync(cache).filter((name) => /^[0-9a-f]{16}$/.test(name));
    const python = join(cache, version, "bin", "python3");
    for (const _ of ["first", "second"]) {
      const { stdout, stderr } = start(python, [path, "a b"], "typed");
      assert.equal(stderr, "");
      const { arguments: args, squares, input } = JSON.parse(stdout) as Record<string, unknown>;
      assert.deepEqual([args, squares, input], [["a b"], [1, 4], "typed"]);
    }
    const old = [
      "-c",
      `import runpy, sys; sys.version_info = (3, 2, 0); runpy.run_path(${JSON.stringify(path)}, run_name="__main__")`,
    ];
    const { status, stderr } = start(python, old);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^error: `tool` is for Python 3\.\d+ or newer, and this is Python 3\.2\nhint: start it/,
    );
    assertFailed(await posy(["--pyz", join(folder, "script.pyz"), "tool"]), 2, /is a file of a package/);
    assert.equal(existsSync(join(folder, "script.pyz")), false);
  });

  test("writes a `.pyz` with the documents and without what `--strip` removes", async () => {
    index.add(
      makeWheel({
        name: "tested",
        files: { "tested/__init__.py": "def main(): print(1)\n", "tested/tests/test_a.py": "" },
        entryPoints: { tested: "tested:main" },
      }),
    );
    const path = join(folder, "tested.pyz");
    const run = await posy(["--pyz", path, "--strip", "--icon", "x.png", "tested"]);
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stderr, /^removed tests: 1 file, 0 B$/m);
    assert.match(run.stderr, /warning: `--icon` has no effect: a `\.pyz` is started by a Python/);
    const zip = readFileSync(path, "latin1");
    for (const name of ["posy-sbom.cdx.json", "posy-licenses.txt"]) assert.ok(zip.includes(name), name);
    assert.ok(!zip.includes("test_a.py"));
  });

  test("writes a `.pyz` of a script, which has its own arguments and modules", async () => {
    const script = join(sandbox.cwd, "hello.py");
    const lines = [
      "# /// script",
      '# dependencies = ["tool"]',
      "# ///",
      "from __future__ import annotations",
      "import sys, tool",
      "if __name__ == '__main__':",
      "    print(tool.__name__, sys.argv[1:])",
      "    sys.exit(5)",
    ];
    writeFileSync(script, `${lines.join("\n")}\n`);
    const path = join(folder, "hello.pyz");
    const run = await sandbox.posy(
      ["export", "--default-index", index.url, "--script", script, "--pyz", path],
      {
        timeout: 300_000,
      },
    );
    assert.equal(run.status, 0, run.stderr);
    const cache = join(sandbox.root, "home", ".cache", "posy-apps", "tool");
    const [version = ""] = readdirSync(cache).filter((name) => /^[0-9a-f]{16}$/.test(name));
    for (const _ of ["first", "second"]) {
      const { status, stdout, stderr } = start(join(cache, version, "bin", "python3"), [path, "a b"]);
      assert.deepEqual([status, stdout, stderr], [5, "tool ['a b']\n", ""]);
    }
  });

  test("says which programs there are if there is none of the name, and writes nothing", async () => {
    const out = join(sandbox.cwd, "none");
    const run = await posy(["--app", "tol", "-o", out, "tool"]);
    assertFailed(
      run,
      127,
      /^the application has no program `tol`$/m,
      /^its programs are .*`tool`.*; `--entry-point tol=module:function` adds one$/m,
    );
    assert.equal(existsSync(out), false);
  });

  test("refuses a name that is a path, a folder in the way, and options for other outputs", async () => {
    mkdirSync(join(folder, "taken", "tool"), { recursive: true });
    writeFileSync(join(folder, "text"), "");
    for (const [args, status, message] of [
      [["--app", "../x", "tool"], 2, /`\.\.\/x` can't be the name of an application/],
      [["--app", "tool", "-o", join(folder, "taken"), "tool"], 1, /` is a folder/],
      [["--app", "tool", "--dir", join(folder, "d"), "tool"], 2, /`--app` can't be combined with `--dir`/],
      [["--app", "tool", "--format", "pylock", "tool"], 2, /`--format` is for texts/],
      [["--icon", "x.ico", "tool"], 2, /`--icon` is for an application/],
    ] as const) {
      assertFailed(await posy(args), status, message);
    }
    assert.deepEqual(readdirSync(join(folder, "taken")), ["tool"]);
  });
});
