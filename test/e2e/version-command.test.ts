import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";
import { treeFiles } from "../support/tree-backend.ts";

const write = (sandbox: Sandbox, files: Readonly<Record<string, string>>) => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(sandbox.cwd, path)), { recursive: true });
    writeFileSync(join(sandbox.cwd, path), text);
  }
};
const read = (sandbox: Sandbox, path = "pyproject.toml") => readFileSync(join(sandbox.cwd, path), "utf8");

const dynamic = (backend: string, rest: string, requires = "") =>
  `[project]\nname = "app"\ndynamic = ["version"]\n[build-system]\nrequires = [${requires}]\nbuild-backend = "${backend}"\n${rest}`;

describe("posy version", () => {
  test("prints the version of the project", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    write(sandbox, { "pyproject.toml": '[project]\nname = "App"\nversion = "1.0-rc.1"\n' });
    assertPrinted(await sandbox.posy(["version"]), "App 1.0rc1\n");
    assertPrinted(await sandbox.posy(["version", "--short"]), "1.0rc1\n");
    const { stdout } = await sandbox.posy(["version", "--json"]);
    const data: unknown = JSON.parse(stdout);
    assert.deepEqual(data, { name: "App", version: "1.0rc1", path: join(sandbox.cwd, "pyproject.toml") });
  });

  test("comes before a command of the project of this name, and says how that one runs", async () => {
    using sandbox = await newSandbox();
    write(sandbox, {
      "pyproject.toml":
        '[project]\nname = "app"\nversion = "1.0"\n[tool.posy.commands]\nversion = "python -c \'print(1)\'"\ninstall = "python -V"\n',
    });
    const run = await sandbox.posy(["version"]);
    assert.equal(run.stdout, "app 1.0\n");
    assert.match(
      run.stderr,
      /^warning: .*not the command `version` of the project\nhint: `posy run version`/,
    );
    assertPrinted(await sandbox.posy(["run", "version"]), "1\n");
    assert.match((await sandbox.posy(["install"])).stderr, /^warning: .*\nhint: `posy run install`/);
  });

  test("changes nothing but the version", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const text = (version: string) =>
      `# top\r\n[project] # here\r\nversion   =   ${version}   # not "1.2.3"\r\nname = 'app'\r\n[tool.other]\r\nversion = "1.2.3"\r\n`;
    write(sandbox, { "pyproject.toml": text("'1.2.3'") });
    assertPrinted(await sandbox.posy(["version", "--bump", "minor"]), "app 1.2.3 → 1.3.0\n");
    assert.equal(read(sandbox), text("'1.3.0'"));
    assertPrinted(await sandbox.posy(["version", "v2.0-RC1", "--short"]), "2.0rc1\n");
    assert.equal(read(sandbox), text("'2.0rc1'"));
    assert.ok(!existsSync(join(sandbox.cwd, "pylock.toml")));
  });

  test("writes nothing with --dry-run", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const text = 'project = { name = "app", version = "1.2.3" }\n';
    write(sandbox, { "pyproject.toml": text });
    const run = await sandbox.posy(["version", "--bump", "patch=9", "--bump", "dev", "--dry-run", "--json"]);
    const { version, before } = JSON.parse(run.stdout) as { version: string; before: string };
    assert.deepEqual([before, version], ["1.2.3", "1.2.9.dev1"]);
    assert.equal(read(sandbox), text);
  });

  test("refuses what is not a higher version, not a version, or a mixture", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const text = '[project]\nname = "app"\nversion = "1.2.3"\n';
    write(sandbox, { "pyproject.toml": text });
    assertFailed(
      await sandbox.posy(["version", "--bump", "rc"]),
      2,
      /does not raise the version/,
      /--bump patch/,
    );
    assertFailed(await sandbox.posy(["version", "patch"]), 2, /`patch` is not a version/, /`--bump patch`/);
    assertFailed(await sandbox.posy(["version", "one"]), 2, /is not a valid version/, /PEP 440/);
    assertFailed(await sandbox.posy(["version", "--bump", "mayor"]), 2, /takes no `mayor`/, /`major`/);
    assertFailed(await sandbox.posy(["version", "2.0", "--bump", "major"]), 2, /can't be combined/);
    assert.equal(read(sandbox), text);
    assertPrinted(await sandbox.posy(["version", "0.9"]), "app 1.2.3 → 0.9\n");
  });

  test("works on the project of --project", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    write(sandbox, { "other/pyproject.toml": '[project]\nname = "app"\nversion = "1.2.3"\n' });
    const run = await sandbox.posy(["version", "--project", "other", "--bump", "patch"]);
    assertPrinted(run, "app 1.2.3 → 1.2.4\n");
  });

  test("says outside of a project how to print Posy's own version", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    assertFailed(await sandbox.posy(["version"]), 1, /is in no project/, /`posy --version`/);
  });
});

describe("the version of a project whose build backend reads it from a file", () => {
  const cases: Readonly<
    Record<
      string,
      { readonly manifest: string; readonly path: string; readonly text: (version: string) => string }
    >
  > = {
    "hatchling, with the default pattern": {
      manifest: dynamic("hatchling.build", '[tool.hatch.version]\npath = "src/app/__about__.py"\n'),
      path: "src/app/__about__.py",
      text: (version) => `# a\nx = "1.2.3"\n__version__: str = 'v${version}'  # b\ny = 1\r\n`,
    },
    "hatchling, with a pattern of its own": {
      manifest: dynamic(
        "hatchling.build",
        "[tool.hatch.version]\npath = \"app.cfg\"\npattern = '(?i)^Release\\s+is\\s+(?P<version>[^\\s]+)'\n",
      ),
      path: "app.cfg",
      text: (version) => `old 1.2.3\nrelease is ${version} (final)\n`,
    },
    "setuptools, by an attribute in `src`": {
      manifest: dynamic(
        "setuptools.build_meta",
        '[tool.setuptools.dynamic]\nversion = { attr = "app.VERSION" }\n',
      ),
      path: "src/app/__init__.py",
      text: (version) => `"""1.2.3"""\nVERSION = "${version}"\nif True:\n    VERSION = VERSION\n`,
    },
    "setuptools, by an attribute in a mapped folder": {
      manifest: dynamic(
        "setuptools.build_meta",
        '[tool.setuptools]\npackage-dir = { app = "lib/application" }\n[tool.setuptools.dynamic]\nversion = { attr = "app.meta.__version__" }\n',
      ),
      path: "lib/application/meta.py",
      text: (version) => `__version__ = version = '${version}'\n`,
    },
    "setuptools, by a file": {
      manifest: dynamic(
        "setuptools.build_meta",
        '[tool.setuptools.dynamic]\nversion = { file = ["VERSION.txt"] }\n',
      ),
      path: "VERSION.txt",
      text: (version) => `\n${version}\n`,
    },
    "setuptools, in setup.cfg": {
      manifest: dynamic("setuptools.build_meta", ""),
      path: "setup.cfg",
      text: (version) =>
        `[other]\nversion = 9\n[metadata]\nname = app\nversion = ${version}\n\n[options]\nversion = 8\n`,
    },
    flit: {
      manifest: dynamic("flit_core.buildapi", ""),
      path: "app.py",
      text: (version) => `"""App."""\n__version__ = "${version}"\n`,
    },
    "pdm-backend": {
      manifest: dynamic("pdm.backend", '[tool.pdm.version]\nsource = "file"\npath = "app/__init__.py"\n'),
      path: "app/__init__.py",
      text: (version) => `__version__ = "${version}"  # here\n`,
    },
    "scikit-build-core": {
      manifest: dynamic(
        "scikit_build_core.build",
        '[tool.scikit-build.metadata.version]\nprovider = "scikit_build_core.metadata.regex"\ninput = "include/app.h"\nregex = \'\'\'#define VERSION "(?P<value>[^"]+)"\'\'\'\n',
      ),
      path: "include/app.h",
      text: (version) => `#define VERSION "${version}"\n`,
    },
    poetry: {
      manifest: dynamic("poetry.core.masonry.api", '[tool.poetry]\nversion = "1.2.3"\n'),
      path: "pyproject.toml",
      text: (version) => dynamic("poetry.core.masonry.api", `[tool.poetry]\nversion = "${version}"\n`),
    },
    "poetry, without `[project]`": {
      manifest: '[tool.poetry]\nname = "app"\nversion = "1.2.3"\n',
      path: "pyproject.toml",
      text: (version) => `[tool.poetry]\nname = "app"\nversion = "${version}"\n`,
    },
  };
  for (const [title, { manifest, path, text }] of Object.entries(cases)) {
    test(`is changed there: ${title}`, async () => {
      using sandbox = await newSandbox({ interpreter: false });
      write(sandbox, { "pyproject.toml": manifest, [path]: text("1.2.3") });
      assertPrinted(await sandbox.posy(["version"]), "app 1.2.3\n");
      assertPrinted(await sandbox.posy(["version", "--bump", "patch"]), "app 1.2.3 → 1.2.4\n");
      assert.equal(read(sandbox, path), text("1.2.4"));
      if (path !== "pyproject.toml") assert.equal(read(sandbox), manifest);
    });
  }

  test("is refused if it is computed, with the file in the message", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const text = '__version__ = ".".join(["1", "2"])\n';
    write(sandbox, { "pyproject.toml": dynamic("flit_core.buildapi", ""), "app.py": text });
    assertFailed(
      await sandbox.posy(["version", "2.0"]),
      1,
      /app\.py` has no `__version__` that is a plain string/,
    );
    assert.equal(read(sandbox, "app.py"), text);
  });

  test("is refused if a git tag decides, with the command that makes the tag", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const cases = [
      dynamic("hatchling.build", '[tool.hatch.version]\nsource = "vcs"\n', '"hatch-vcs"'),
      dynamic("setuptools.build_meta", "[tool.setuptools_scm]\n", '"setuptools_scm>=8"'),
      dynamic("pdm.backend", '[tool.pdm.version]\nsource = "scm"\n'),
      dynamic("poetry_dynamic_versioning.backend", "", '"poetry-dynamic-versioning"'),
    ];
    for (const manifest of cases) {
      write(sandbox, { "pyproject.toml": manifest });
      assertFailed(await sandbox.posy(["version", "2.0"]), 1, /comes from a git tag/, /`git tag v2\.0`/);
      assertFailed(
        await sandbox.posy(["version", "--bump", "patch"]),
        1,
        /comes from a git tag/,
        /`git tag v/,
      );
      assert.equal(read(sandbox), manifest);
    }
  });
});

test("posy version asks the build backend for a version that only it knows", async () => {
  using sandbox = await newSandbox();
  const pyproject = '[project]\nname = "app"\ndynamic = ["version"]\n';
  write(sandbox, treeFiles({ name: "app", version: "7.1.dev3", pyproject }));
  assertPrinted(await sandbox.posy(["version", "--no-index"]), "app 7.1.dev3\n");
  const { stdout } = await sandbox.posy(["version", "--no-index", "--json"]);
  const data: unknown = JSON.parse(stdout);
  assert.deepEqual(data, { name: "app", version: "7.1.dev3", path: null });
  assertFailed(await sandbox.posy(["version", "8"]), 1, /comes from the build backend `tree_backend`/);
});

describe("the lock of a project", () => {
  const wheel = makeWheel({ name: "lib", version: "1.0" });

  test("is up to date after a change of the version, and stays with --frozen", async () => {
    await using index = await startIndex({ files: [wheel] });
    using sandbox = await newSandbox();
    const env = { UV_DEFAULT_INDEX: index.url };
    write(sandbox, {
      "pyproject.toml":
        '[project]\nname = "app"\nversion = "1.2.3"\ndependencies = ["lib"]\n[tool.posy]\nplatforms = ["linux-x86_64"]\n',
    });
    assert.equal((await sandbox.posy(["lock"], { env })).status, 0);
    assertPrinted(await sandbox.posy(["version", "--bump", "major"], { env }), "app 1.2.3 → 2.0.0\n");
    assert.equal((await sandbox.posy(["lock", "--check"], { env })).status, 0);
    write(sandbox, { "pylock.toml": "broken" });
    assertPrinted(await sandbox.posy(["version", "2.1", "--frozen"], { env }), "app 2.0.0 → 2.1\n");
    assert.equal(read(sandbox, "pylock.toml"), "broken");
    const failed = await sandbox.posy(["version", "2.2"], { env });
    assert.notEqual(failed.status, 0);
    assert.match(read(sandbox), /version = "2\.1"/);
  });

  test("is up to date after a change in a file of the build backend", async () => {
    await using index = await startIndex({ files: [wheel] });
    using sandbox = await newSandbox();
    const env = { UV_DEFAULT_INDEX: index.url };
    write(sandbox, {
      "pyproject.toml": dynamic(
        "flit_core.buildapi",
        '[tool.posy]\npackage = false\nplatforms = ["linux-x86_64"]\n',
      ).replace('"app"', '"app"\ndependencies = ["lib"]'),
      "app.py": '"""App."""\n__version__ = "1.2.3"\n',
    });
    assert.equal((await sandbox.posy(["lock"], { env })).status, 0);
    assertPrinted(await sandbox.posy(["version", "1.3"], { env }), "app 1.2.3 → 1.3\n");
    assert.equal((await sandbox.posy(["lock", "--check"], { env })).status, 0);
    write(sandbox, { "pylock.toml": "broken" });
    assert.notEqual((await sandbox.posy(["version", "1.4"], { env })).status, 0);
    assert.match(read(sandbox, "app.py"), /"1\.3"/);
  });
});
