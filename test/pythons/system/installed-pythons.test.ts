import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { describeInstalledPython } from "../../../src/pythons/system/describe-installed-python.ts";
import { pythonOnPath, systemPythons } from "../../../src/pythons/system/system-pythons.ts";
import { newPythonFolder, fakePython } from "../python-folder.ts";

describe("adopting a Python of this machine", { skip: process.platform === "win32" }, () => {
  test("it is asked once, and again when it has changed", async () => {
    using place = newPythonFolder();
    const count = join(place.root, "count");
    const asked = () => readFileSync(count, "utf8").split("\n").length - 1;
    const python = place.program("bin/python", fakePython("3.12.7", count));
    const first = await describeInstalledPython(python, place.context());
    assert.equal(first.version, "3.12.7");
    assert.equal(first.platform, "linux-x86_64");
    assert.deepEqual(first.platformTags, ["manylinux_2_36_x86_64"]);
    assert.deepEqual(first.lacks, ["_gdbm"]);
    assert.equal(first.wheelTags[0], "cp312-cp312-PLATFORM");
    assert.equal(first.source.kind === "adopted" && first.source.executable, python);
    assert.deepEqual(await describeInstalledPython(python, place.context()), first);
    assert.equal(asked(), 1);
    place.program("bin/python", fakePython("3.12.10", count));
    const second = await describeInstalledPython(python, place.context());
    assert.equal(second.version, "3.12.10");
    assert.notDeepEqual(second.source, first.source);
    assert.equal(asked(), 2);
  });

  test("a damaged answer in the cache is asked again", async () => {
    using place = newPythonFolder();
    const count = join(place.root, "count");
    const python = place.program("bin/python", fakePython("3.12.7", count));
    const context = place.context();
    await describeInstalledPython(python, context);
    for (const name of readdirSync(context.home.probes)) writeFileSync(join(context.home.probes, name), "{");
    assert.equal((await describeInstalledPython(python, context)).version, "3.12.7");
  });

  test("in a virtual environment its base counts", async () => {
    using place = newPythonFolder();
    const base = place.program("real/bin/python3", "#!/bin/sh\n");
    const python = place.program(
      "venv/bin/python",
      fakePython("3.12.7", join(place.root, "count"), { executable: base }),
    );
    const { source } = await describeInstalledPython(python, place.context());
    assert.equal(source.kind === "adopted" && source.executable, base);
  });

  test("PyPy's wheel tags are its own", async () => {
    using place = newPythonFolder();
    const python = place.program(
      "bin/pypy3",
      fakePython("3.9.18", join(place.root, "count"), { implementation: "pypy", soabi: "pypy39-pp73" }),
    );
    const { wheelTags } = await describeInstalledPython(python, place.context());
    assert.equal(wheelTags[0], "pp39-pypy39_pp73-PLATFORM");
    assert.equal(
      wheelTags.find((tag) => tag.endsWith("-any")),
      "pp3-none-any",
    );
    assert.ok(wheelTags.includes("py3-none-any"));
    assert.ok(!wheelTags.some((tag) => tag.startsWith("cp")));
  });

  const bad: [string, string, RegExp][] = [
    ["what fails", "#!/bin/sh\necho 'no such option' >&2\nexit 2\n", /no such option/],
    ["what fails without a word", "#!/bin/sh\nexit 3\n", /ended with status 3/],
    ["what talks of other things", "#!/bin/sh\necho hello\n", /not what a Python would/],
    ["what says nothing", "#!/bin/sh\n", /not what a Python would/],
    ["what can't be started", "\u0000\u0001", /could not be started|says/],
    ["what hangs", "#!/bin/sh\nexec /bin/sleep 60\n", /did not answer within 0\.3 seconds/],
  ];
  for (const [name, text, message] of bad) {
    test(`${name} is refused in words`, async () => {
      using place = newPythonFolder();
      const python = place.program("bin/python", text);
      await assert.rejects(
        describeInstalledPython(python, { ...place.context(), timeout: 300 }),
        (error: Error) => {
          assert.equal((error as { code?: string }).code, "invalid-interpreter");
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  test("what is built for another machine, and what is not there", async () => {
    using place = newPythonFolder();
    const python = place.program("bin/python", fakePython("3.12.7", join(place.root, "count"), { bits: 32 }));
    await assert.rejects(describeInstalledPython(python, place.context()), { code: "invalid-interpreter" });
    await assert.rejects(describeInstalledPython(join(place.root, "no"), place.context()), {
      code: "not-found",
    });
  });
});

describe("looking for the Pythons of this machine", { skip: process.platform === "win32" }, () => {
  test("PATH, pyenv's versions for its shims, each once, no virtual environments", () => {
    using place = newPythonFolder();
    const { environment } = place.context();
    const real = place.program("bin/python3.12", "x");
    symlinkSync("python3.12", join(place.root, "bin", "python3"));
    place.program("bin/python3-config", "x");
    place.program("bin/pythonic", "x");
    const pyenv = place.program("user/.pyenv/versions/3.11.9/bin/python3.11", "x");
    place.program("user/.pyenv/shims/python3.11", "x");
    place.program("venv/bin/python", "x");
    writeFileSync(join(place.root, "venv", "pyvenv.cfg"), "");
    mkdirSync(join(place.root, "venv", "bin", "python3"));
    const path = ["bin", "venv/bin", "user/.pyenv/shims"].map((name) => join(place.root, name)).join(":");
    const found = systemPythons({ ...environment, PATH: path }).filter((each) => each.startsWith(place.root));
    assert.deepEqual(found, [real, pyenv]);
    assert.equal(pythonOnPath("python3.11", { ...environment, PATH: path }), pyenv);
    assert.equal(pythonOnPath("python3", { ...environment, PATH: path }), join(place.root, "bin", "python3"));
    assert.equal(pythonOnPath("python3.10", { ...environment, PATH: path }), undefined);
  });
});
