import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const tool = (name: string, version: string, metadata: readonly string[] = []) =>
  makeWheel({
    name,
    version,
    files: {
      [`${name}.py`]: `import sys\ndef main():\n    print("${name}", "${version}", *sys.argv[1:])\n    return 3 if "fail" in sys.argv else 0\n`,
    },
    entryPoints: { [name]: `${name}:main`, [`${name}-more`]: `${name}:main` },
    metadata,
  });
const files = [
  tool("neat", "1.0"),
  tool("neat", "2.0"),
  tool("other", "1.0"),
  makeWheel({
    name: "pythonic",
    version: "1.0",
    files: { "pythonic.py": "import platform\ndef main():\n    print(platform.python_version())\n" },
    entryPoints: { pythonic: "pythonic:main" },
  }),
  makeWheel({ name: "library", version: "1.0", files: { "library.py": "" } }),
  makeWheel({
    name: "plugin",
    version: "1.0",
    files: { "plugin.py": "" },
    entryPoints: { plug: "plugin:main" },
  }),
];

async function start() {
  const index = await startIndex({ files });
  const sandbox = await newSandbox();
  const bin = join(sandbox.root, "bin");
  const posy: Sandbox["posy"] = (args, options = {}) =>
    sandbox.posy(args, {
      ...options,
      env: {
        POSY_DEFAULT_INDEX: index.url,
        POSY_TOOL_BIN_DIR: bin,
        PATH: `${bin}:${process.env["PATH"]}`,
        ...options.env,
      },
    });
  /** Starts an installed program without Posy. */
  const program = (name: string, ...args: readonly string[]) =>
    spawnSync(join(bin, name), args, { encoding: "utf8", env: { PATH: "/usr/bin:/bin" } }).stdout;
  return {
    index,
    sandbox,
    bin,
    posy,
    program,
    async [Symbol.asyncDispose]() {
      sandbox[Symbol.dispose]();
      await index[Symbol.asyncDispose]();
    },
  };
}

describe("posy tool run", () => {
  test("runs a tool with its arguments, and ends with its status", async () => {
    await using box = await start();
    assertPrinted(await box.posy(["tool", "run", "neat", "-v", "--with"]), "neat 2.0 -v --with\n");
    const failed = await box.posy(["tool", "run", "neat", "fail"]);
    assert.equal(failed.status, 3);
    assert.equal(failed.stdout, "neat 2.0 fail\n");
  });

  test("takes a version after `@`, and another program with `--from`", async () => {
    await using box = await start();
    assertPrinted(await box.posy(["tool", "run", "neat@1.0"]), "neat 1.0\n");
    assertPrinted(await box.posy(["tool", "run", "--from", "neat<2", "neat-more", "x"]), "neat 1.0 x\n");
  });

  test("starts from the cache, and asks again with `@latest`", async () => {
    await using box = await start();
    assertPrinted(await box.posy(["tool", "run", "neat"]), "neat 2.0\n");
    const asked = box.index.requests.length;
    box.index.add(tool("neat", "3.0"));
    assertPrinted(await box.posy(["tool", "run", "neat"]), "neat 2.0\n");
    assert.equal(box.index.requests.length, asked);
    assertPrinted(await box.posy(["tool", "run", "neat@latest"]), "neat 3.0\n");
  });

  test("prefers the version of the project that requires the tool, unless another one is asked for", async () => {
    await using box = await start();
    writeFileSync(
      join(box.sandbox.cwd, "pyproject.toml"),
      '[project]\nname = "p"\nversion = "1"\n[dependency-groups]\ndev = ["neat<2"]\n',
    );
    assertPrinted(await box.posy(["tool", "run", "neat"]), "neat 1.0\n");
    assertPrinted(await box.posy(["tool", "run", "other"]), "other 1.0\n");
    assertPrinted(await box.posy(["tool", "run", "--no-project", "neat"]), "neat 2.0\n");
    assertPrinted(await box.posy(["tool", "run", "neat@2.0"]), "neat 2.0\n");
  });

  test("prefers the installed tool", async () => {
    await using box = await start();
    assertPrinted(await box.posy(["tool", "run", "neat"]), "neat 2.0\n");
    await box.posy(["tool", "install", "neat<2"]);
    assertPrinted(await box.posy(["tool", "run", "neat"]), "neat 1.0\n");
  });

  test("lists the programs of a package that has no program of the name", async () => {
    await using box = await start();
    const missing = await box.posy(["tool", "run", "--from", "neat", "neet"]);
    assertFailed(missing, 127, /`neat` has no program `neet`/, /`neat`, `neat-more`: .*--from neat neat`/);
    // A program of the same name on the PATH does not count, also at the second start.
    mkdirSync(box.bin);
    writeFileSync(join(box.bin, "library"), "#!/bin/sh\necho wrong\n", { mode: 0o755 });
    for (const time of [1, 2]) {
      const none = await box.posy(["tool", "run", "library"]);
      assertFailed(none, 127, /`library` has no program `library`/, /it has none/);
      assert.ok(time);
    }
    assertFailed(
      await box.posy(["tool", "run", "neat>=1"]),
      2,
      /is not the name of a tool/,
      /--from 'neat>=1' PROGRAM/,
    );
    assertFailed(await box.posy(["tool", "run"]), 2, /the name of a tool is missing/);
  });

  test("has the short name `posyx`", async () => {
    await using box = await start();
    assertPrinted(await box.posy(["neat", "x"], { shell: 'exec -a posyx "$@"' }), "neat 2.0 x\n");
  });
});

describe("posy tool install", () => {
  test("installs programs that start without Posy", async () => {
    await using box = await start();
    assertPrinted(await box.posy(["tool", "install", "neat"]), "neat 2.0 is installed: neat, neat-more\n");
    assert.equal(box.program("neat", "x"), "neat 2.0 x\n");
    assert.equal(box.program("neat-more"), "neat 2.0\n");
    assertPrinted(await box.posy(["tool", "list"]), "neat  2.0  neat, neat-more\n");
    assertPrinted(
      await box.posy(["tool", "install", "neat"]),
      "neat 2.0 is installed already: neat, neat-more\n",
    );
    const dir = await box.posy(["tool", "dir"]);
    assert.equal(
      readlinkSync(join(box.bin, "neat")),
      join(dir.stdout.trim(), "neat", ".posy", "env", "bin", "neat"),
    );
  });

  test("says that the folder of programs is not on the PATH", async () => {
    await using box = await start();
    const run = await box.posy(["tool", "install", "neat"], { env: { PATH: process.env["PATH"] } });
    assert.match(run.stderr, /^warning: `.*\/bin` is not on the PATH/);
    assert.match(run.stderr, /posy tool update-shell/);
  });

  test("adds plugins, and the programs of other packages", async () => {
    await using box = await start();
    const run = await box.posy([
      "tool",
      "install",
      "neat<2",
      "--with",
      "library",
      "--with-executables-from",
      "plugin",
    ]);
    assertPrinted(run, "neat 1.0 is installed: neat, neat-more, plug\n");
    assertPrinted(await box.posy(["tool", "upgrade", "neat"]), "neat is up to date\n");
  });

  test("installs a folder as editable", async () => {
    await using box = await start();
    const { cwd } = box.sandbox;
    mkdirSync(join(cwd, "mine"));
    writeFileSync(
      join(cwd, "mine", "pyproject.toml"),
      '[project]\nname = "mine"\nversion = "1"\n[project.scripts]\nmine = "mine:main"\n[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    );
    writeFileSync(
      join(cwd, "mine", "backend.py"),
      `import zipfile, os
def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "mine-1-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as z:
        z.writestr("mine.pth", os.getcwd() + "\\n")
        z.writestr("mine-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: mine\\nVersion: 1\\n")
        z.writestr("mine-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        z.writestr("mine-1.dist-info/entry_points.txt", "[console_scripts]\\nmine = mine:main\\n")
        z.writestr("mine-1.dist-info/RECORD", "mine.pth,,\\nmine-1.dist-info/METADATA,,\\nmine-1.dist-info/WHEEL,,\\nmine-1.dist-info/entry_points.txt,,\\nmine-1.dist-info/RECORD,,\\n")
    return name
build_wheel = build_editable
`,
    );
    writeFileSync(join(cwd, "mine", "mine.py"), 'def main():\n    print("first")\n');
    assertPrinted(await box.posy(["tool", "install", "-e", "./mine"]), "mine 1 is installed: mine\n");
    assert.equal(box.program("mine"), "first\n");
    writeFileSync(join(cwd, "mine", "mine.py"), 'def main():\n    print("second")\n');
    assert.equal(box.program("mine"), "second\n");
  });

  test("refuses a package without programs, and one that does not exist, and changes nothing", async () => {
    await using box = await start();
    assertFailed(
      await box.posy(["tool", "install", "library"]),
      127,
      /`library` has no programs/,
      /posy add library/,
    );
    // The file of the tool's project, which no person knows, is not named.
    for (const words of [["nowhere"], ["library>=99"], ["--python", ">=3.99", "library"]]) {
      assertFailed(
        await box.posy(["tool", "install", ...words]),
        1,
        new RegExp(`^(?![^]*pyproject)[^]*${words[0] === "--python" ? words[1] : words[0]}`),
      );
    }
    assertPrinted(await box.posy(["tool", "list"]), "");
    assert.ok(!existsSync(box.bin));
  });

  test("replaces a program of another owner only with `--force`", async () => {
    await using box = await start();
    mkdirSync(box.bin);
    writeFileSync(join(box.bin, "neat"), "mine\n");
    assertFailed(
      await box.posy(["tool", "install", "neat"]),
      73,
      /bin\/neat` exists already, and was not installed by Posy/,
      /--force/,
    );
    assert.equal(readFileSync(join(box.bin, "neat"), "utf8"), "mine\n");
    assertPrinted(
      await box.posy(["tool", "install", "--force", "neat"]),
      "neat 2.0 is installed: neat, neat-more\n",
    );
    assert.equal(box.program("neat"), "neat 2.0\n");
  });
});

describe("an installed tool", () => {
  test("stays as it is until it is upgraded, within its bounds", async () => {
    await using box = await start();
    await box.posy(["tool", "install", "neat"]);
    await box.posy(["tool", "install", "other==1.0"]);
    box.index.add(tool("neat", "3.0"), tool("other", "3.0"));
    assert.equal(box.program("neat"), "neat 2.0\n");
    assertPrinted(await box.posy(["tool", "list", "--outdated"]), "neat  2.0 → 3.0  neat, neat-more\n");
    assertPrinted(
      await box.posy(["tool", "upgrade", "--all"]),
      "upgraded neat\n  neat 2.0 → 3.0\nother is up to date\n",
    );
    assert.equal(box.program("neat"), "neat 3.0\n");
    assert.equal(box.program("other"), "other 1.0\n");
  });

  test("gets another Python with `tool upgrade --python`, and keeps it", async () => {
    await using box = await start();
    const { bin, posy } = box;
    await posy(["tool", "install", "neat"]);
    const version = () =>
      spawnSync(join(bin, "pythonic"), { encoding: "utf8", env: { PATH: "/usr/bin:/bin" } }).stdout;
    await posy(["tool", "install", "pythonic"]);
    const [major, minor] = version().split(".");
    const other = minor === "12" ? "3.11" : "3.12";
    const upgraded = await posy(["tool", "upgrade", "pythonic", "--python", other], { timeout: 300_000 });
    assert.equal(upgraded.status, 0, upgraded.stderr);
    assert.match(
      upgraded.stdout,
      new RegExp(`^upgraded pythonic\n {2}python ${major}\\.${minor}\\.\\S+ → ${other}\\.\\S+\n$`),
    );
    assert.match(version(), new RegExp(`^${other}\\.`));
    assertPrinted(await posy(["tool", "upgrade", "--all"]), "neat is up to date\npythonic is up to date\n");
    assert.match(version(), new RegExp(`^${other}\\.`));
    // A failure changes nothing.
    const failed = await posy(["tool", "upgrade", "pythonic", "--python", "2.7"]);
    assert.notEqual(failed.status, 0);
    assert.match(version(), new RegExp(`^${other}\\.`));
    assert.deepEqual(readdirSync(join(box.sandbox.home, "data", "tools-v1")).sort(), ["neat", "pythonic"]);
  });

  test("leaves a program alone that replaced one of its own when it is upgraded", async () => {
    await using box = await start();
    await box.posy(["tool", "install", "neat"]);
    rmSync(join(box.bin, "neat-more"));
    writeFileSync(join(box.bin, "neat-more"), "mine\n");
    box.index.add(tool("neat", "3.0"));
    assertPrinted(await box.posy(["tool", "upgrade", "neat"]), "upgraded neat\n  neat 2.0 → 3.0\n");
    assert.equal(readFileSync(join(box.bin, "neat-more"), "utf8"), "mine\n");
    assert.equal(box.program("neat"), "neat 3.0\n");
  });

  test("removes what a killed installation left a day ago", async () => {
    await using box = await start();
    const tools = join(box.sandbox.home, "data", "tools-v1");
    const old = join(tools, ".new-1-12345678-1234");
    const fresh = join(tools, ".new-2-12345678-1234");
    for (const folder of [old, fresh]) mkdirSync(folder, { recursive: true });
    utimesSync(old, 1, 1);
    await box.posy(["tool", "install", "neat"]);
    assert.deepEqual(readdirSync(tools).sort(), [".new-2-12345678-1234", "neat"]);
  });

  test("survives that the cache is cleaned, and keeps its Python", async () => {
    await using box = await start();
    await box.posy(["tool", "install", "neat"]);
    await box.posy(["run", "--with", "other", "other"]);
    const cleaned = await box.posy(["cache", "clean"]);
    assert.equal(cleaned.status, 0, cleaned.stderr);
    assert.equal(box.program("neat"), "neat 2.0\n");
    await box.posy(["run", "--with", "other", "other"]);
    assert.equal(box.program("neat"), "neat 2.0\n");
  });

  test("is removed with its programs, and leaves those that others have replaced", async () => {
    await using box = await start();
    await box.posy(["tool", "install", "neat"]);
    spawnSync("rm", [join(box.bin, "neat-more")]);
    writeFileSync(join(box.bin, "neat-more"), "mine\n");
    assertPrinted(await box.posy(["tool", "uninstall", "neat"]), "removed neat: neat, neat-more\n");
    assert.ok(!existsSync(join(box.bin, "neat")));
    assert.equal(readFileSync(join(box.bin, "neat-more"), "utf8"), "mine\n");
    assertPrinted(await box.posy(["tool", "list"]), "");
    assertFailed(
      await box.posy(["tool", "uninstall", "neat"]),
      1,
      /`neat` is not installed/,
      /posy tool install neat/,
    );
  });

  test("moves to another machine with its version", async () => {
    await using box = await start();
    await box.posy(["tool", "install", "neat"]);
    assertPrinted(await box.posy(["tool", "export", "-o", "tools.json"]), "");
    box.index.add(tool("neat", "3.0"));
    using second = await newSandbox();
    const env = { POSY_HOME: second.home, POSY_TOOL_BIN_DIR: join(second.root, "bin") };
    assertPrinted(
      await box.posy(["tool", "sync", "tools.json"], { env }),
      "neat 2.0 is installed: neat, neat-more\n",
    );
    assertPrinted(
      await box.posy(["tool", "sync", "tools.json"], { env }),
      "neat 2.0 is installed already: neat, neat-more\n",
    );
    writeFileSync(join(box.sandbox.cwd, "bad.json"), '{"version": 1}');
    assertFailed(
      await box.posy(["tool", "sync", "bad.json"]),
      2,
      /has no tools that Posy can read/,
      /posy tool export/,
    );
  });
});
