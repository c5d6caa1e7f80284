import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { describeInstalledPython } from "../../../src/pythons/system/describe-installed-python.ts";
import { describeInstalledPythons } from "../../../src/pythons/system/describe-installed-pythons.ts";
import { isPosyLauncher, launcherMark } from "../../../src/pythons/system/is-posy-launcher.ts";
import { isXcodeStub, pythonOnPath, systemPythons } from "../../../src/pythons/system/system-pythons.ts";
import type { Machine } from "../../../src/system/machine/index.ts";
import { newSandbox, fakePython, testMachine } from "../sandbox.ts";

describe("an installed Python", { skip: process.platform === "win32" }, () => {
  test("is queried once, and again after it was changed", async () => {
    using sandbox = newSandbox();
    const count = join(sandbox.root, "count");
    const asked = () => readFileSync(count, "utf8").split("\n").length - 1;
    const python = sandbox.program("bin/python", fakePython("3.12.7", count));
    const first = await describeInstalledPython(python, sandbox.context());
    assert.equal(first.version, "3.12.7");
    assert.equal(first.platform, "linux-x86_64");
    assert.deepEqual(first.platformTags, ["manylinux_2_36_x86_64"]);
    assert.deepEqual(first.lacks, ["_gdbm"]);
    assert.equal(first.wheelTags[0], "cp312-cp312-PLATFORM");
    assert.equal(first.source.kind === "adopted" && first.source.executable, python);
    assert.deepEqual(await describeInstalledPython(python, sandbox.context()), first);
    assert.equal(asked(), 1);
    sandbox.program("bin/python", fakePython("3.12.10", count));
    const second = await describeInstalledPython(python, sandbox.context());
    assert.equal(second.version, "3.12.10");
    assert.notDeepEqual(second.source, first.source);
    assert.equal(asked(), 2);
  });

  test("is queried again if it was replaced by a file of the same size", async () => {
    using sandbox = newSandbox();
    const count = join(sandbox.root, "count");
    const python = sandbox.program("bin/python", fakePython("3.12.7", count));
    utimesSync(python, 1_700_000_000, 1_700_000_000);
    const { size } = statSync(python);
    const first = await describeInstalledPython(python, sandbox.context());
    sandbox.program("bin/python", fakePython("3.12.8", count));
    utimesSync(python, 1_700_000_000, 1_700_000_001);
    assert.equal(statSync(python).size, size);
    const second = await describeInstalledPython(python, sandbox.context());
    assert.deepEqual([first.version, second.version], ["3.12.7", "3.12.8"]);
    assert.notDeepEqual(second.source, first.source);
  });

  test("is queried again if it was replaced by a file of the same size and time", async () => {
    using sandbox = newSandbox();
    const count = join(sandbox.root, "count");
    const install = (version: string) => {
      const path = sandbox.program("bin/python", fakePython(version, count));
      // Reproducible packages have the same time in each version.
      utimesSync(path, 1_700_000_000, 1_700_000_000);
      return path;
    };
    const python = install("3.12.7");
    assert.equal((await describeInstalledPython(python, sandbox.context())).version, "3.12.7");
    install("3.12.8");
    assert.equal((await describeInstalledPython(python, sandbox.context())).version, "3.12.8");
    rmSync(python);
    install("3.12.9");
    assert.equal((await describeInstalledPython(python, sandbox.context())).version, "3.12.9");
  });

  test("keeps its Envs if only the attributes of its file change", async () => {
    using sandbox = newSandbox();
    const python = sandbox.program("bin/python", fakePython("3.12.7", join(sandbox.root, "count")));
    const first = await describeInstalledPython(python, sandbox.context());
    chmodSync(python, 0o700);
    assert.deepEqual(await describeInstalledPython(python, sandbox.context()), first);
  });

  test("is queried again if the Python of its virtual environment was updated", async () => {
    using sandbox = newSandbox();
    const count = join(sandbox.root, "count");
    const base = sandbox.program("real/bin/python3", "#!/bin/sh\n");
    const python = sandbox.program("venv/bin/python", fakePython("3.12.7", count, { executable: base }));
    const first = await describeInstalledPython(python, sandbox.context());
    sandbox.program("real/bin/python3", "#!/bin/sh\nexit 0\n");
    const second = await describeInstalledPython(python, sandbox.context());
    assert.equal(readFileSync(count, "utf8"), "asked\nasked\n");
    assert.notDeepEqual(second.source, first.source);
  });

  test("is queried again if its path leads to another file of the same size and time", async () => {
    using sandbox = newSandbox();
    const count = join(sandbox.root, "count");
    for (const version of ["3.12.7", "3.12.8"]) {
      utimesSync(
        sandbox.program(`opt/${version}/python`, fakePython(version, count)),
        1_700_000_000,
        1_700_000_000,
      );
    }
    const python = join(sandbox.root, "python");
    symlinkSync("opt/3.12.7/python", python);
    assert.equal((await describeInstalledPython(python, sandbox.context())).version, "3.12.7");
    rmSync(python);
    symlinkSync("opt/3.12.8/python", python);
    assert.equal((await describeInstalledPython(python, sandbox.context())).version, "3.12.8");
  });

  test("is queried again if the Python of its virtual environment is gone", async () => {
    using sandbox = newSandbox();
    const count = join(sandbox.root, "count");
    const base = sandbox.program("real/bin/python3", "#!/bin/sh\n");
    const python = sandbox.program("venv/bin/python", fakePython("3.12.7", count, { executable: base }));
    await describeInstalledPython(python, sandbox.context());
    rmSync(base);
    const { source } = await describeInstalledPython(python, sandbox.context());
    assert.equal(source.kind === "adopted" && source.executable, python);
    assert.equal(readFileSync(count, "utf8"), "asked\nasked\n");
  });

  const machines: readonly (readonly [string, string, object, string | undefined])[] = [
    ["glibc", "manylinux_2_36_x86_64", {}, "linux-x86_64"],
    ["32 bits", "manylinux_2_36_x86_64", { bits: 32 }, undefined],
    ["another processor", "manylinux_2_36_aarch64", {}, undefined],
    [
      "musl",
      "musllinux_1_2_x86_64",
      { glibc: false, soabi: "cpython-312-x86_64-linux-musl" },
      "linux-x86_64-musl",
    ],
    ["musl without an ABI", "musllinux_1_2_x86_64", { glibc: false, soabi: "" }, "linux-x86_64-musl"],
    ["glibc on musl", "musllinux_1_2_x86_64", {}, undefined],
    [
      "neither glibc nor musl",
      "musllinux_1_2_x86_64",
      { glibc: false, soabi: "cpython-312-x86_64-linux-gnu" },
      undefined,
    ],
    ["musl with 32 bits", "musllinux_1_2_x86_64", { glibc: false, bits: 32 }, undefined],
    ["musl on another processor", "musllinux_1_2_aarch64", { glibc: false, soabi: "" }, undefined],
    ["musl on glibc", "manylinux_2_36_x86_64", { glibc: false }, undefined],
    ["macOS", "macosx_14_0_x86_64", { glibc: false }, "macos-x86_64"],
    ["another Mac", "macosx_14_0_arm64", { glibc: false }, undefined],
    ["Windows", "win_amd64", { machine: "AMD64" }, "windows-x86_64"],
    ["Windows with 32 bits", "win32", { machine: "AMD64", bits: 32 }, "windows-x86"],
    ["Windows with 32 bits on a tag for 64", "win_amd64", { machine: "AMD64", bits: 32 }, undefined],
    ["an unknown platform", "any", {}, undefined],
  ];
  for (const [title, tag, { machine = "x86_64", ...change }, platform] of machines as readonly (readonly [
    string,
    string,
    { readonly machine?: string },
    string | undefined,
  ])[]) {
    test(`for ${title} ${platform === undefined ? "is refused on this machine" : `has the platform ${platform}`}`, async () => {
      using sandbox = newSandbox();
      const script = fakePython("3.12.7", join(sandbox.root, "count"), change).replaceAll(
        '"x86_64"',
        `"${machine}"`,
      );
      const python = sandbox.program("bin/python", script);
      const context = { ...sandbox.context(), machine: { ...testMachine, platformTags: ["other", tag] } };
      const described = describeInstalledPython(python, context);
      if (platform === undefined) {
        await assert.rejects(described, { code: "invalid-interpreter", message: /another kind of machine/ });
      } else {
        const { platformTags, platform: actual } = await described;
        assert.deepEqual([platformTags, actual], [[tag], platform]);
      }
    });
  }

  test("reports as missing only modules that its version and operating system could have", async () => {
    using sandbox = newSandbox();
    const lacks = ["_zstd", "_ssl", "nonsense"];
    const python = sandbox.program(
      "bin/python",
      fakePython("3.12.7", join(sandbox.root, "count"), { lacks }),
    );
    assert.deepEqual((await describeInstalledPython(python, sandbox.context())).lacks, ["_ssl"]);
  });

  test("of another implementation has tags without an ABI", async () => {
    using sandbox = newSandbox();
    const change = { implementation: "graalpy", soabi: "graalpy-24" };
    const python = sandbox.program("bin/python", fakePython("3.11.7", join(sandbox.root, "count"), change));
    const { wheelTags } = await describeInstalledPython(python, sandbox.context());
    assert.ok(wheelTags.length > 0 && wheelTags.every((tag) => tag.startsWith("py")), wheelTags.join());
  });

  test("does not see the caller's variables that would change its answer", async () => {
    using sandbox = newSandbox();
    const environment = { PYTHONHOME: "/x", LD_PRELOAD: "/x.so", BUN_X: "1", KEPT: "1", PATH: "/bin" };
    const script = `#!/bin/sh\n/usr/bin/env > '${join(sandbox.root, "env")}'\nexit 1\n`;
    const python = sandbox.program("bin/python", script);
    await assert.rejects(describeInstalledPython(python, sandbox.context({ environment })));
    const names = readFileSync(join(sandbox.root, "env"), "utf8")
      .split("\n")
      .map((line) => line.split("=")[0]);
    assert.ok(names.includes("KEPT"));
    for (const name of ["PYTHONHOME", "LD_PRELOAD", "BUN_X"]) assert.ok(!names.includes(name), name);
  });

  test("is refused if its output is too long", async () => {
    using sandbox = newSandbox();
    const python = sandbox.program("bin/python", "#!/bin/sh\nexec /usr/bin/yes\n");
    await assert.rejects(describeInstalledPython(python, { ...sandbox.context(), timeout: 60_000 }), {
      message: /prints far more than a Python would/,
    });
  });

  test("is queried again if its cached answer is damaged", async () => {
    using sandbox = newSandbox();
    const count = join(sandbox.root, "count");
    const python = sandbox.program("bin/python", fakePython("3.12.7", count));
    const context = sandbox.context();
    await describeInstalledPython(python, context);
    for (const name of readdirSync(context.home.probes)) writeFileSync(join(context.home.probes, name), "{");
    assert.equal((await describeInstalledPython(python, context)).version, "3.12.7");
  });

  test("in a virtual environment is described as the Python that the environment was made from", async () => {
    using sandbox = newSandbox();
    const base = sandbox.program("real/bin/python3", "#!/bin/sh\n");
    const python = sandbox.program(
      "venv/bin/python",
      fakePython("3.12.7", join(sandbox.root, "count"), { executable: base }),
    );
    const { source } = await describeInstalledPython(python, sandbox.context());
    assert.equal(source.kind === "adopted" && source.executable, base);
  });

  test("has the wheel tags of a PyPy whose ABI has no number", async () => {
    using sandbox = newSandbox();
    const change = { implementation: "pypy", soabi: "pypy39" };
    const python = sandbox.program("bin/pypy3", fakePython("3.9.18", join(sandbox.root, "count"), change));
    const { wheelTags } = await describeInstalledPython(python, sandbox.context());
    assert.equal(wheelTags[0], "pp39-pypy39-PLATFORM");
  });

  test("has the wheel tags of PyPy if it is PyPy", async () => {
    using sandbox = newSandbox();
    const python = sandbox.program(
      "bin/pypy3",
      fakePython("3.9.18", join(sandbox.root, "count"), { implementation: "pypy", soabi: "pypy39-pp73" }),
    );
    const { wheelTags } = await describeInstalledPython(python, sandbox.context());
    assert.equal(wheelTags[0], "pp39-pypy39_pp73-PLATFORM");
    assert.equal(
      wheelTags.find((tag) => tag.endsWith("-any")),
      "pp3-none-any",
    );
    const minors = ["9", "", "8", "7", "6", "5", "4", "3", "2", "1", "0"];
    assert.deepEqual(wheelTags, [
      "pp39-pypy39_pp73-PLATFORM",
      "pp39-none-PLATFORM",
      ...minors.map((minor) => `py3${minor}-none-PLATFORM`),
      "pp3-none-any",
      ...minors.map((minor) => `py3${minor}-none-any`),
    ]);
  });

  const bad: [string, string, RegExp][] = [
    ["fails", "#!/bin/sh\necho 'no such option' >&2\nexit 2\n", /no such option/],
    ["fails without output", "#!/bin/sh\nexit 3\n", /ended with status 3/],
    ["prints something else", "#!/bin/sh\necho hello\n", /output is not that of the query/],
    ["prints nothing", "#!/bin/sh\n", /output is not that of the query/],
    ["can't be started", "\u0000\u0001", /could not be started|says/],
    ["is killed", "#!/bin/sh\nkill -9 $$\n", /: it ended with SIGKILL$/],
    ["prints a long error", `#!/bin/sh\necho ${"x".repeat(79)}yz >&2\nexit 1\n`, /it says .x{79}y.$/],
    ["hangs", "#!/bin/sh\nexec /bin/sleep 60\n", /did not answer within 0\.3 seconds/],
  ];
  for (const [name, text, message] of bad) {
    test(`is refused with a reason if it ${name}`, async () => {
      using sandbox = newSandbox();
      const python = sandbox.program("bin/python", text);
      await assert.rejects(
        describeInstalledPython(python, { ...sandbox.context(), timeout: 300 }),
        (error: Error) => {
          assert.equal((error as { code?: string }).code, "invalid-interpreter");
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  test("is refused if it is built for another machine or does not exist", async () => {
    using sandbox = newSandbox();
    const python = sandbox.program(
      "bin/python",
      fakePython("3.12.7", join(sandbox.root, "count"), { bits: 32 }),
    );
    await assert.rejects(describeInstalledPython(python, sandbox.context()), { code: "invalid-interpreter" });
    await assert.rejects(describeInstalledPython(join(sandbox.root, "no"), sandbox.context()), {
      code: "not-found",
    });
  });
});

describe("the Pythons of this machine", { skip: process.platform === "win32" }, () => {
  test("are those on PATH and those of pyenv, each once, without shims and virtual environments", () => {
    using sandbox = newSandbox();
    const { environment } = sandbox.context();
    const real = sandbox.program("bin/python3.12", "x");
    symlinkSync("python3.12", join(sandbox.root, "bin", "python3"));
    sandbox.program("bin/python3-config", "x");
    sandbox.program("bin/pythonic", "x");
    const pyenv = sandbox.program("user/.pyenv/versions/3.11.9/bin/python3.11", "x");
    sandbox.program("user/.pyenv/shims/python3.11", "x");
    sandbox.program("venv/bin/python", "x");
    writeFileSync(join(sandbox.root, "venv", "pyvenv.cfg"), "");
    mkdirSync(join(sandbox.root, "venv", "bin", "python3"));
    mkdirSync(join(sandbox.root, "bin", "python3.9"));
    const path = ["bin", "venv/bin", "user/.pyenv/shims"].map((name) => join(sandbox.root, name)).join(":");
    const found = systemPythons({ ...environment, PATH: path }).filter((path) =>
      path.startsWith(sandbox.root),
    );
    assert.deepEqual(found, [real, pyenv]);
    assert.equal(pythonOnPath("python3.11", { ...environment, PATH: path }), pyenv);
    assert.equal(
      pythonOnPath("python3", { ...environment, PATH: path }),
      join(sandbox.root, "bin", "python3"),
    );
    assert.equal(pythonOnPath("python3.10", { ...environment, PATH: path }), undefined);
  });

  test("on Windows are in the folders of python.org's installer and of uv", () => {
    using sandbox = newSandbox();
    const put = (path: string) => sandbox.program(path, "MZ");
    const expected = [
      put("local/Programs/Python/Python313/python.exe"),
      put("local/Programs/Python/Python39/python.exe"),
      put("local/uv/python/cpython-3.13.5-windows-x86_64-none/python.exe"),
    ];
    put("local/Programs/Python/Python313/pip.exe");
    put("user/AppData/Local/Programs/Python/Python312/python.exe");
    const below = (environment: NodeJS.ProcessEnv) => {
      const found = systemPythons({ PATH: "", HOME: join(sandbox.root, "user"), ...environment }, "win32");
      return found.filter((path) => path.startsWith(realpathSync(sandbox.root)));
    };
    assert.deepEqual(
      below({ LOCALAPPDATA: join(sandbox.root, "local") }),
      expected.map((path) => realpathSync(path)),
    );
    const [only = "", ...others] = below({});
    assert.match(only, /user\/AppData\/Local\/Programs\/Python\/Python312\/python\.exe$/);
    assert.deepEqual(others, []);
  });

  test("on Windows are found by a name with and without `.exe`, and elsewhere by the exact name", () => {
    using sandbox = newSandbox();
    for (const name of ["python.exe", "python3.12.exe", "python3.9.EXE", "python3.8", "pythonw.exe.exe"]) {
      sandbox.program(`bin/${name}`, "MZ");
    }
    const { environment } = sandbox.context();
    const found = (name: string, platform: NodeJS.Platform) =>
      pythonOnPath(name, environment, platform)?.slice(join(sandbox.root, "bin").length + 1);
    assert.equal(found("python", "win32"), "python.exe");
    assert.equal(found("python.exe", "win32"), "python.exe");
    assert.equal(found("python3.12", "win32"), "python3.12.exe");
    assert.equal(found("python3.9.EXE", "win32"), "python3.9.EXE");
    assert.equal(found("python3.8", "win32"), undefined);
    assert.equal(found("pythonw.exe", "win32"), undefined);
    assert.equal(found("python", "linux"), undefined);
    assert.equal(found("python.exe", "linux"), "python.exe");
    assert.equal(found("python3.8", "linux"), "python3.8");
  });

  test("on Windows include those of pyenv-win, whose programs are in the folder of the version", () => {
    using sandbox = newSandbox();
    const expected = sandbox.program("pyenv/versions/3.11.9/python.exe", "MZ");
    sandbox.program("pyenv/versions/3.10.9/bin/python", "x");
    const environment = {
      PATH: "",
      HOME: join(sandbox.root, "user"),
      PYENV_ROOT: join(sandbox.root, "pyenv"),
    };
    const found = systemPythons(environment, "win32").filter((path) => path.startsWith(sandbox.root));
    assert.deepEqual(found, [expected]);
    assert.equal(pythonOnPath("python", environment, "win32"), expected);
    const unix = systemPythons(environment, "linux").filter((path) => path.startsWith(sandbox.root));
    assert.deepEqual(unix, [join(sandbox.root, "pyenv/versions/3.10.9/bin/python")]);
  });

  test("include those of uv in the usual folder of the user", () => {
    using sandbox = newSandbox();
    const expected = sandbox.program("user/.local/share/uv/python/cpython-3.12/bin/python3.12", "x");
    sandbox.program("user/AppData/Local/uv/python/cpython-3.12/python.exe", "x");
    const environment = { PATH: "", HOME: join(sandbox.root, "user") };
    const found = systemPythons(environment).filter((path) => path.startsWith(sandbox.root));
    assert.deepEqual(found, [expected]);
  });

  test("do not include the launchers of Posy, and not an environment with its programs beside its settings", () => {
    using sandbox = newSandbox();
    sandbox.program("bin/python3.12", `#!/bin/sh\n${launcherMark}\nexec python\n`);
    sandbox.program("flat/python3", "x");
    writeFileSync(join(sandbox.root, "flat", "pyvenv.cfg"), "");
    const real = sandbox.program("real/python3", "x");
    const PATH = ["bin", "flat", "real"].map((name) => join(sandbox.root, name)).join(":");
    const environment = { PATH, HOME: join(sandbox.root, "user") };
    const found = systemPythons(environment).filter((path) => path.startsWith(sandbox.root));
    assert.deepEqual(found, [real]);
    assert.equal(pythonOnPath("python3.12", environment), undefined);
    assert.equal(pythonOnPath("python3", environment), real);
  });

  test("are sorted by name if they are in the same folder", () => {
    using sandbox = newSandbox();
    const names = ["python3.13", "python", "pypy3", "python3.9", "python3", "python3.10t", "python3.12"];
    for (const name of names) sandbox.program(`bin/${name}`, name);
    const found = systemPythons(sandbox.context().environment).filter((path) =>
      path.startsWith(sandbox.root),
    );
    assert.deepEqual(
      found,
      names.toSorted().map((name) => join(sandbox.root, "bin", name)),
    );
  });

  test("include those of pyenv and uv, newest version first, after those on PATH", () => {
    using sandbox = newSandbox();
    const names = ["3.9.1", "3.13.2", "3.10.0"];
    for (const name of names) sandbox.program(`pyenv/versions/${name}/bin/python`, name);
    sandbox.program("share/uv/python/cpython-3.12/bin/python3.12", "x");
    const onPath = sandbox.program("bin/python3", "x");
    sandbox.program("bin/python3.13t", "");
    const pypy = sandbox.program("bin/pypy3.9", "x");
    const environment = {
      PATH: `:${join(sandbox.root, "bin")}`,
      HOME: join(sandbox.root, "user"),
      PYENV_ROOT: join(sandbox.root, "pyenv"),
      XDG_DATA_HOME: join(sandbox.root, "share"),
    };
    const found = systemPythons(environment).filter((path) => path.startsWith(sandbox.root));
    assert.deepEqual(found, [
      pypy,
      onPath,
      ...["3.13.2", "3.10.0", "3.9.1"].map((name) =>
        join(sandbox.root, "pyenv/versions", name, "bin/python"),
      ),
      join(sandbox.root, "share/uv/python/cpython-3.12/bin/python3.12"),
    ]);
    // An empty file is no program, and the shims of Windows' store are no Pythons.
    assert.equal(pythonOnPath("python3.13t", environment), undefined);
    sandbox.program("WindowsApps/python3.10", "x");
    const shims = { ...environment, PATH: join(sandbox.root, "WindowsApps") };
    assert.equal(pythonOnPath("python3.10", shims), undefined);
    // Only the first folder of PATH counts.
    const second = sandbox.program("other/python3", "x");
    const both = { ...environment, PATH: `${join(sandbox.root, "other")}:${join(sandbox.root, "bin")}` };
    assert.equal(pythonOnPath("python3", both), second);
  });
});

describe("Xcode's stub, `/usr/bin/python3` on macOS", { skip: !existsSync("/usr/bin/python3") }, () => {
  const machine: Machine = {
    platform: "macos-arm64",
    platformTags: ["macosx_14_0_arm64"],
    markers: { platform_release: "23", platform_version: "Darwin", platform_machine: "arm64" },
  };
  // The program of this machine stands in for the stub, and would answer if it was started.
  const environment = { PATH: "/usr/bin" };

  test("is not one of the installed Pythons, also behind a link", () => {
    using sandbox = newSandbox();
    mkdirSync(join(sandbox.root, "bin"));
    symlinkSync("/usr/bin/python3", join(sandbox.root, "bin", "python3"));
    const path = { PATH: `${join(sandbox.root, "bin")}:/usr/bin`, HOME: sandbox.root };
    const inUsrBin = (platform: NodeJS.Platform) =>
      systemPythons(path, platform).filter((python) => python.startsWith("/usr/bin/"));
    assert.deepEqual(inUsrBin("darwin"), []);
    assert.notDeepEqual(inUsrBin("linux"), []);
    assert.equal(pythonOnPath("python3", path, "darwin"), undefined);
    assert.equal(pythonOnPath("python3", path, "linux"), join(sandbox.root, "bin", "python3"));
  });

  test("is not started when installed Pythons are listed", async () => {
    using sandbox = newSandbox();
    const context = sandbox.context({ machine, environment: { ...environment, HOME: sandbox.root } });
    await describeInstalledPythons(context);
    // A Python that answers for Linux is skipped with a message that names it.
    assert.doesNotMatch(JSON.stringify(context.reporter.events), /\/usr\/bin\/python/);
  });

  test("is refused if its path is given, and the hint names the Python behind it", async () => {
    using sandbox = newSandbox();
    const context = sandbox.context({ machine, environment });
    await assert.rejects(describeInstalledPython("/usr/bin/python3", context), {
      code: "invalid-interpreter",
      message: "`/usr/bin/python3` is not a Python but Xcode's stub",
      hint: /CommandLineTools\/usr\/bin\/python3/,
    });
    assert.equal(existsSync(context.home.probes), false);
  });
});

test("only Python programs of `/usr/bin` on macOS are Xcode's stub", () => {
  for (const name of ["python", "python3", "python3.9"]) {
    assert.ok(isXcodeStub(`/usr/bin/${name}`, "darwin"), name);
    assert.ok(!isXcodeStub(`/usr/bin/${name}`, "linux"), name);
    assert.ok(!isXcodeStub(`/usr/local/bin/${name}`, "darwin"), name);
    assert.ok(!isXcodeStub(`/opt/usr/bin/${name}`, "darwin"), name);
  }
  assert.ok(!isXcodeStub("/usr/bin/python3-config", "darwin"));
});

describe("a launcher of Posy", () => {
  const launchers: readonly (readonly [string, string, boolean])[] = [
    ["is a script with the mark in its second line", `#!/bin/sh\n${launcherMark}\n`, true],
    ["is a launcher for Windows that calls `__python`", 'MZ#!"C:\\posy.exe" __python 3.13\r\n', true],
    ["is a launcher for Windows in a folder of launchers", 'MZ#!"C:\\posy\\launchers-v1\\p.exe"\r\n', true],
    ["is not a script with the mark in another line", `#!/bin/sh\n\n${launcherMark}\n`, false],
    ["is not a launcher of another program", 'MZ#!"C:\\Python\\python.exe"\r\n', false],
    ["is not a launcher with another first argument", 'MZ#!"C:\\posy.exe" run __python 3.13\r\n', false],
    ["is not a program", "MZ", false],
    ["is not larger than any launcher", `#!/bin/sh\n${launcherMark}\n${" ".repeat(65_536)}`, false],
  ];
  for (const [title, text, expected] of launchers) {
    test(title, () => {
      using sandbox = newSandbox();
      assert.equal(isPosyLauncher(sandbox.program("python", text)), expected);
    });
  }
  test("is not a folder, and not a file that is missing", () => {
    using sandbox = newSandbox();
    assert.equal(isPosyLauncher(sandbox.root), false);
    assert.equal(isPosyLauncher(join(sandbox.root, "python")), false);
  });
});
