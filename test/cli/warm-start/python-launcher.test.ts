import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { launcherMark } from "../../../src/pythons/system/is-posy-launcher.ts";
import { readLaunch } from "../../../src/cli/warm-start/python-launcher.ts";

let root = "";
before(() => {
  root = mkdtempSync(join(tmpdir(), "posy-launcher-"));
  const write = (path: string, text: string) => writeFileSync(join(root, path), text, { mode: 0o755 });
  for (const folder of [
    "project/sub",
    "pinned",
    "pinned-list",
    "venv/bin",
    "venv/Scripts",
    "lint",
    "launcher",
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  write("project/pyproject.toml", '[project]\nname = "p"\n');
  write("lint/pyproject.toml", "[tool.ruff]\nline-length = 100\n");
  write("pinned/.python-version", "3.11\n");
  write("pinned-list/.python-versions", "3.11\n3.12\n");
  write("venv/bin/python", "");
  write("venv/Scripts/python.exe", "");
  write("other-python", "");
  write("launcher/python3.12", `#!/bin/sh\n${launcherMark}\n`);
  symlinkSync("other-python", join(root, "python3.9"));
  write("plain.py", "print()\n");
  for (const [name, line] of Object.entries({
    env: "#!/usr/bin/env python3.12",
    usr: "#!/usr/bin/python3.12 -s",
    local: "#! /usr/local/bin/python3.12t",
    bare: "#!python3.12",
    split: "#!/usr/bin/env -S A=1 python3.12 -u",
    two: "#!/usr/bin/env python2.7",
    three: "#!/usr/bin/env python3",
    pypy: "#!/usr/bin/env pypy3.10",
    posy: "#!/usr/bin/env -S posy run",
    absolute: `#!${join(root, "python3.9")} -s`,
    gone: "#!/no/such/python3.12",
    launcher: `#!${join(root, "launcher/python3.12")}`,
    near: "#!python3.9",
    indented: "#! \tpython3.12   -s ",
    windowed: "#!/usr/bin/pythonw3.12",
    windows: "#!C:\\Python\\python3.12.exe -s",
    short: "#!py3.12",
    words: "#!/usr/bin/env --split-string A=1 B=2 python3.12",
    prefixed: "#!/usr/bin/xenv python3.12",
    other: "#!/usr/bin/python3.12-config",
    inner: "# see #!/usr/bin/env python3.12",
    bom: "\ufeff#!/usr/bin/env python3.12",
  })) {
    write(`${name}.py`, `${line}\nprint()\n`);
  }
});
after(() => rmSync(root, { recursive: true, force: true }));

/**
 * Returns the command line of `python ARGS` in a folder of the test: Posy's arguments before `-- python`, or a path.
 */
function launched(
  args: readonly string[],
  folder = ".",
  environment: NodeJS.ProcessEnv = {},
  platform: NodeJS.Platform = "linux",
): string {
  const context = {
    environment: { HOME: join(root, "nobody"), POSY_HOME: join(root, "home"), ...environment },
    cwd: join(root, folder),
    platform,
  };
  const launch = readLaunch("3.13", args, context);
  if ("refused" in launch) return launch.refused;
  const words = "posy" in launch ? launch.posy : [launch.program, ...launch.args];
  return words.join(" ").replaceAll(`${root}/`, "");
}
const inRoot = (name: string) => join(root, name);

describe("the launcher `python`", { skip: process.platform === "win32" }, () => {
  for (const [args, expected] of [
    [["-3.12", "-c", "1"], "run --no-project --python 3.12 -- python -c 1"],
    [["-3"], "run --no-project --python 3 -- python"],
    [["-3.13t", "x.py"], "run --no-project --python 3.13t -- python x.py"],
    [["-3.12-64"], "run --no-project --python 3.12 -- python"],
    [["-V:3.12"], "run --no-project --python 3.12 -- python"],
    [["-V:PythonCore/3.12", "-V"], "run --no-project --python 3.12 -- python -V"],
    [["-V:pypy3.10"], "run --no-project --python pypy3.10 -- python"],
    [["-V:PyPy/3.10"], "run --no-project --python pypy3.10 -- python"],
    [["-V:Posy/3.12"], "run --no-project --python 3.12 -- python"],
    [["-V:astral/3.12-arm64"], "run --no-project --python 3.12 -- python"],
    [["-V:pypy-3.10"], "run --no-project --python pypy3.10 -- python"],
    [["--list"], "python list"],
    [["--list-paths"], "python list"],
    [["-0"], "python list"],
    [["-0p"], "python list"],
  ] as const) {
    test(`takes the Python of \`${args.join(" ")}\`, also in a project`, () => {
      assert.equal(launched(args, "project"), expected);
    });
  }

  for (const [name, version] of [
    ["env", "3.12"],
    ["usr", "3.12"],
    ["local", "3.12t"],
    ["bare", "3.12"],
    ["split", "3.12"],
    ["two", "2.7"],
    ["pypy", "pypy3.10"],
    ["gone", "3.12"],
    ["bom", "3.12"],
    ["indented", "3.12"],
    ["windowed", "3.12"],
    ["windows", "3.12"],
    ["short", "3.12"],
    ["words", "3.12"],
  ] as const) {
    test(`takes the version of the \`#!\` line of a script (${name})`, () => {
      const args = ["-u", "-X", "dev", inRoot(`${name}.py`), "-c"];
      assert.equal(
        launched(args, "project"),
        `run --no-project --python ${version} -- python -u -X dev ${name}.py -c`,
      );
    });
  }

  test("passes the options of a `#!` line only where the system does not", () => {
    assert.equal(
      launched([inRoot("usr.py")], ".", {}, "win32"),
      "run --no-project --python 3.12 -- python -s usr.py",
    );
    assert.equal(launched([inRoot("absolute.py")], ".", {}, "win32"), "python3.9 -s absolute.py");
  });

  test("knows the script after any options of Python, joined or not, and after `--`", () => {
    const script = inRoot("env.py");
    for (const options of [
      ["-W", "once"],
      ["-Wonce"],
      ["-X", "importtime"],
      ["-Ximporttime"],
      ["--check-hash-based-pycs", "always"],
      ["-Iu"],
      ["--"],
    ]) {
      const typed = options.join(" ");
      const expected = `run --no-project --python 3.12 -- python ${typed} env.py -m x`;
      assert.equal(launched([...options, script, "-m", "x"]), expected);
    }
  });

  test("takes no program of the current folder for a name without a folder in a `#!` line", () => {
    const before = process.cwd();
    process.chdir(root);
    try {
      assert.equal(launched(["near.py"]), "run --no-project --python 3.9 -- python near.py");
    } finally {
      process.chdir(before);
    }
  });

  test("takes another version for a `#!` line that has the path of a launcher of Posy", () => {
    assert.equal(launched([inRoot("launcher.py")]), "run --no-project --python 3.12 -- python launcher.py");
  });

  test("takes the Python whose path is in a `#!` line", () => {
    assert.equal(launched([inRoot("absolute.py"), "x"], "project"), "python3.9 absolute.py x");
  });

  test("takes a script without a version for no special Python, and reads no script after `-c` and `-m`", () => {
    for (const args of [
      [inRoot("plain.py")],
      [inRoot("three.py")],
      [inRoot("posy.py")],
      [inRoot("prefixed.py")],
      [inRoot("other.py")],
      [inRoot("inner.py")],
      // A folder and an archive are no text.
      [inRoot("project")],
      ["nowhere.py"],
      ["-c", inRoot("env.py")],
      ["-Im", inRoot("env.py")],
      ["-", inRoot("env.py")],
      [],
    ]) {
      const typed = args.join(" ").replaceAll(`${root}/`, "");
      const expected = `run --no-project --python 3.13 -- python ${typed}`.trimEnd();
      assert.equal(launched(args), expected);
    }
  });

  test("takes the activated environment, then that of the project, then a pin, then the default", () => {
    const VIRTUAL_ENV = join(root, "venv");
    assert.equal(launched(["x.py"], "project", { VIRTUAL_ENV }), "venv/bin/python x.py");
    assert.equal(launched(["-3.12"], ".", { VIRTUAL_ENV }), "run --no-project --python 3.12 -- python");
    assert.equal(launched(["x.py"], "project/sub", { VIRTUAL_ENV: "/gone" }), "run -- python x.py");
    assert.equal(launched(["x.py"], "project"), "run -- python x.py");
    assert.equal(launched(["x.py"], "pinned"), "run -- python x.py");
    assert.equal(launched(["x.py"], "pinned-list"), "run -- python x.py");
    assert.equal(launched(["x.py"], "lint", { POSY_PYTHON: "3.10" }), "run -- python x.py");
    assert.equal(launched(["x.py"], "lint", { UV_PYTHON: "3.10" }), "run -- python x.py");
    assert.equal(launched(["x.py"], "lint"), "run --no-project --python 3.13 -- python x.py");
  });

  test("takes a Python that is pinned for all folders", () => {
    const settings = join(root, "config");
    mkdirSync(join(settings, "uv"), { recursive: true });
    writeFileSync(join(settings, "uv", ".python-version"), "3.10\n");
    const environment = { XDG_CONFIG_HOME: settings };
    assert.equal(launched(["x.py"], "lint", environment), "run -- python x.py");
  });

  test("takes the program of an activated environment as the system lays it out", () => {
    const VIRTUAL_ENV = join(root, "venv");
    const windows = launched(["x.py"], ".", { VIRTUAL_ENV }, "win32");
    assert.equal(windows, "venv/Scripts/python.exe x.py");
    assert.equal(
      launched([inRoot("bare.py")], ".", { VIRTUAL_ENV }),
      "run --no-project --python 3.12 -- python bare.py",
    );
    assert.equal(
      launched(["x.py"], ".", { VIRTUAL_ENV: "" }),
      "run --no-project --python 3.13 -- python x.py",
    );
  });

  test("explains itself before the help of Python, but not before other commands", () => {
    const helpOf = (args: readonly string[], environment: NodeJS.ProcessEnv = {}) => {
      const launch = readLaunch("3.13", args, { environment, cwd: root, platform: "linux" });
      return "help" in launch ? launch.help : undefined;
    };
    for (const option of ["-h", "--help", "-?"]) {
      assert.match(helpOf([option]) ?? "", /`python` is a launcher of Posy[^]*Python 3\.13\. The help of/);
    }
    for (const args of [[], ["-c", "1"], ["x.py", "-h"], ["-hh"], ["-3.12", "-h"]]) {
      assert.equal(helpOf(args), undefined, args.join(" "));
    }
    assert.equal(helpOf(["-h"], { VIRTUAL_ENV: join(root, "venv") }), undefined);
  });

  test("lists the Pythons only if there is no other argument", () => {
    assert.equal(launched(["--list", "x.py"]), "run --no-project --python 3.13 -- python --list x.py");
  });

  test("says which Python was meant", () => {
    const reasonOf = (args: readonly string[], folder: string) => {
      const launch = readLaunch("3.13", args, {
        environment: {},
        cwd: join(root, folder),
        platform: "linux",
      });
      return "because" in launch ? launch.because.replaceAll(`${root}/`, "") : "";
    };
    assert.equal(reasonOf(["-3.12"], "."), "`-3.12` asks for it");
    assert.equal(reasonOf([inRoot("env.py")], "."), "the `#!` line of `env.py` asks for it");
    assert.match(
      reasonOf([], "project/sub"),
      /^the folder is in the project `project`, .* `python -3\.13` starts/,
    );
    assert.match(reasonOf([], "pinned"), /^it is pinned/);
    assert.match(reasonOf([], "lint"), /^nothing else asks for one, and `posy python install --default`/);
  });

  test("refuses a Python that Posy cannot have", () => {
    assert.match(launched(["-V:Anaconda/py39"]), /`-V:Anaconda\/py39` names no Python that Posy knows/);
    assert.match(launched(["-3.12-32"]), /32 bits/);
    // `-V` alone is an option of Python.
    assert.equal(launched(["-V"]), "run --no-project --python 3.13 -- python -V");
  });
});
