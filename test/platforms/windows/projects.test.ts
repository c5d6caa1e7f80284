import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex, type TestIndex } from "../../support/index-server.ts";
import { makeWheel } from "../../support/make-wheel.ts";
import { newWindowsSandbox, type WindowsSandbox } from "../support/windows-sandbox.ts";
import { runWine, windowsPath, withoutWine } from "../support/wine.ts";

const files = [
  makeWheel({
    name: "lib",
    files: { "lib.py": "def main():\n    print('lib 1')\n" },
    entryPoints: { "lib-tool": "lib:main" },
  }),
  makeWheel({ name: "other", files: { "other.py": "" } }),
];

describe("a project on Windows", { skip: withoutWine }, () => {
  let index: TestIndex;
  let sandbox: WindowsSandbox;

  before(async () => {
    index = await startIndex({ files });
    sandbox = await newWindowsSandbox();
  });
  after(async () => {
    sandbox[Symbol.dispose]();
    await index.close();
  });

  const posy = (args: readonly string[], cwd = join(sandbox.cwd, "app é")) =>
    sandbox.posy(args, { cwd, env: { UV_DEFAULT_INDEX: index.url } });

  test("is made, gets packages, and runs", async () => {
    mkdirSync(join(sandbox.cwd, "app é"));
    writeFileSync(
      join(sandbox.cwd, "app é", "pyproject.toml"),
      `[project]\nname = "app"\nversion = "0.1"\ndependencies = []\n\n[tool.posy]\nplatforms = ["windows-x86_64"]\n\n[tool.posy.commands]\nhello = "python -c \\"print('hello')\\""\ntwice = { all = ["lib-tool", "lib-tool"] }\n`,
    );
    const added = await posy(["add", "lib"]);
    assert.equal(added.status, 0, added.stderr);
    assert.match(added.stdout, /\+ lib 1\.0/);
    const run = await posy(["run", "lib-tool"]);
    assert.equal(run.stdout, "lib 1\r\n", run.stderr);
  });

  test("runs its commands", async () => {
    for (const [command, output] of [
      ["hello", "hello\r\n"],
      ["twice", "lib 1\r\nlib 1\r\n"],
    ] as const) {
      const run = await posy(["run", command]);
      assert.equal(run.stdout, output, run.stderr);
      assert.equal(run.status, 0);
    }
  });

  for (const folder of [join(".posy", "env"), ".venv"]) {
    test(`has programs in ${folder} although the disk has no links`, async () => {
      const scripts = join(sandbox.cwd, "app é", folder, "Scripts");
      const tool = await runWine(windowsPath(join(scripts, "lib-tool.exe")), []);
      assert.equal(tool.stdout, "lib 1\r\n", tool.stderr);
      const python = await runWine(windowsPath(join(scripts, "python.exe")), [
        "-c",
        "import lib; lib.main()",
      ]);
      assert.equal(python.stdout, "lib 1\r\n", python.stderr);
      assert.match(readFileSync(join(scripts, "..", "pyvenv.cfg"), "utf8"), /^home = Z:/m);
      assert.ok(existsSync(join(scripts, "activate.bat")));
    });
  }

  test("has the new environment in the same folders after its lock changed", async () => {
    const added = await posy(["add", "other"]);
    assert.equal(added.status, 0, added.stderr);
    const run = await posy(["run", "python", "-c", "import other"]);
    assert.equal(run.status, 0, run.stderr);
    const python = windowsPath(join(sandbox.cwd, "app é", ".venv", "Scripts", "python.exe"));
    const direct = await runWine(python, ["-c", "import other; print('found')"]);
    assert.equal(direct.stdout, "found\r\n", direct.stderr);
  });

  test("prints its environment", async () => {
    const env = await posy(["env"]);
    assert.equal(env.status, 0, env.stderr);
    assert.match(env.stdout, /envs-v1\\cpython-/);
    const tree = await posy(["tree"]);
    assert.match(tree.stdout, /lib 1\.0/);
  });

  test("starts the user's shell in the environment", async () => {
    const shell = await sandbox.posy(["shell"], {
      cwd: join(sandbox.cwd, "app é"),
      env: { UV_DEFAULT_INDEX: index.url },
      stdin: "lib-tool\r\nexit 7\r\n",
    });
    assert.match(shell.stdout, /lib 1/, shell.stderr);
  });

  test("is made by `posy new`", async () => {
    const made = await posy(["new", "fresh"], sandbox.cwd);
    assert.equal(made.status, 0, made.stderr);
    assert.ok(existsSync(join(sandbox.cwd, "fresh", "pyproject.toml")));
  });
});

describe("editable folders and sources on Windows", { skip: withoutWine }, () => {
  test("an editable project is imported from its folder, and built by its own backend", async () => {
    using sandbox = await newWindowsSandbox();
    const project = join(sandbox.cwd, "editable");
    mkdirSync(project);
    writeFileSync(join(project, "mod.py"), "value = 1\n");
    writeFileSync(
      join(project, "pyproject.toml"),
      '[project]\nname = "mod"\nversion = "1"\n[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    );
    writeFileSync(
      join(project, "backend.py"),
      `import os, zipfile
def _wheel(folder, content):
    name = "mod-1-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for path, text in content.items(): wheel.writestr(path, text)
        wheel.writestr("mod-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: mod\\nVersion: 1\\n")
        wheel.writestr("mod-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("mod-1.dist-info/RECORD", "")
    return name
def build_wheel(folder, settings=None, metadata=None): return _wheel(folder, {"mod.py": open("mod.py").read()})
def build_editable(folder, settings=None, metadata=None): return _wheel(folder, {"mod.pth": os.getcwd() + "\\n"})
`,
    );
    const run = (option: string) =>
      sandbox.posy([
        "run",
        "--no-index",
        option,
        ".\\editable",
        "--",
        "python",
        "-c",
        "import mod; print(mod.value, mod.__file__)",
      ]);
    const editable = await run("--with-editable");
    assert.match(editable.stdout, /^1 Z:\\.*\\editable\\mod\.py\r\n$/, editable.stderr);
    writeFileSync(join(project, "mod.py"), "value = 2\n");
    assert.match((await run("--with-editable")).stdout, /^2 /);
    const built = await run("--with");
    assert.match(built.stdout, /^2 Z:\\.*\\site-packages\\mod\.py\r\n$/, built.stderr);
  });
});
