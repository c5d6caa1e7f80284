import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { describeInstalledPython } from "../../../src/pythons/system/describe-installed-python.ts";
import { pythonOnPath, systemPythons } from "../../../src/pythons/system/system-pythons.ts";
import { newSandbox, fakePython } from "../sandbox.ts";

describe("an installed Python", { skip: process.platform === "win32" }, () => {
  test("is run once, and again after it was changed", async () => {
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

  test("is run again if its cached answer is damaged", async () => {
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
    assert.ok(wheelTags.includes("py3-none-any"));
    assert.ok(!wheelTags.some((tag) => tag.startsWith("cp")));
  });

  const bad: [string, string, RegExp][] = [
    ["fails", "#!/bin/sh\necho 'no such option' >&2\nexit 2\n", /no such option/],
    ["fails without output", "#!/bin/sh\nexit 3\n", /ended with status 3/],
    ["prints something else", "#!/bin/sh\necho hello\n", /output is not that of the query/],
    ["prints nothing", "#!/bin/sh\n", /output is not that of the query/],
    ["can't be started", "\u0000\u0001", /could not be started|says/],
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
  test("are those on PATH and pyenv's versions, each once, without shims and virtual environments", () => {
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
});
