import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, test } from "node:test";
import { newRepository } from "../support/git-repository.ts";
import { startIndex, type TestIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";
import { treeFiles, type TreeOptions } from "../support/tree-backend.ts";

/** Writes a local project. `table` are lines of `[project]` after its name, and of tables after that. */
function project(sandbox: Sandbox, folder: string, tree: TreeOptions, table: readonly string[]): void {
  const pyproject = ["[project]", `name = "${tree.name}"`, ...table].join("\n");
  for (const [path, text] of Object.entries(treeFiles({ ...tree, pyproject }))) {
    const file = join(sandbox.cwd, folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

const platforms = ["[tool.posy]", 'platforms = ["linux-x86_64", "windows-x86_64"]'];
const dynamicVersion = 'dynamic = ["version"]';
const lockOf = (sandbox: Sandbox) => readFileSync(join(sandbox.cwd, "pylock.toml"), "utf8");

async function runPython(sandbox: Sandbox, code: string, printed: string): Promise<void> {
  assertPrinted(await sandbox.posy(["run", "--no-index", "--", "python", "-c", code]), printed);
}

/** Asserts that the lock is up to date, and that neither this nor a run with `code` changes it. */
async function assertUpToDate(sandbox: Sandbox, code: string, printed: string): Promise<void> {
  const before = lockOf(sandbox);
  assertPrinted(await sandbox.posy(["lock", "--check", "--no-index"]), "pylock.toml is up to date\n");
  await runPython(sandbox, code, printed);
  assert.equal(lockOf(sandbox), before);
}

const versionOf = (name: string) => `import importlib.metadata as m; print(m.version("${name}"))`;

describe("a lock stays up to date when a local package gets another version", () => {
  test("that is in its `pyproject.toml`", async () => {
    using sandbox = await newSandbox();
    const write = (version: string) =>
      project(sandbox, ".", { name: "app", version }, [`version = "${version}"`, ...platforms]);
    write("1.0");
    await runPython(sandbox, versionOf("app"), "1.0\n");
    write("1.1");
    await assertUpToDate(sandbox, versionOf("app"), "1.1\n");
    assert.match((await sandbox.posy(["tree"])).stdout, /^app 1\.1$/m);
  });

  test("that its build backend computes", async () => {
    using sandbox = await newSandbox();
    const write = (version: string) =>
      project(sandbox, ".", { name: "app", version }, [dynamicVersion, ...platforms]);
    write("1.0");
    await runPython(sandbox, versionOf("app"), "1.0\n");
    write("1.1.dev1");
    await assertUpToDate(sandbox, versionOf("app"), "1.1.dev1\n");
  });

  for (const editable of [true, false]) {
    test(`and is a dependency or the dependency of one, ${editable ? "" : "not "}editable`, async () => {
      using sandbox = await newSandbox();
      const source = (name: string) => `${name} = { path = "../${name}", editable = ${editable} }`;
      const write = (version: string) => {
        const of = (name: string, dependencies: readonly string[] = []): TreeOptions => ({
          name,
          version,
          dependencies,
        });
        project(sandbox, "far", of("far"), [dynamicVersion]);
        const near = [
          `version = "${version}"`,
          'dependencies = ["far"]',
          "[tool.posy.sources]",
          source("far"),
        ];
        project(sandbox, "near", of("near", ["far"]), near);
      };
      mkdirSync(join(sandbox.cwd, "app"));
      const app = ["[project]", 'name = "app"', 'version = "0"', 'dependencies = ["near"]', ...platforms];
      const text = [...app, "[tool.posy.sources]", source("near"), ""].join("\n");
      writeFileSync(join(sandbox.cwd, "app", "pyproject.toml"), text);
      const cwd = join(sandbox.cwd, "app");
      const inApp: Sandbox = { ...sandbox, cwd, posy: (args) => sandbox.posy(args, { cwd }) };
      const code = "import importlib.metadata as m; print(m.version('near'), m.version('far'))";
      write("1.0");
      await runPython(inApp, code, "1.0 1.0\n");
      write("2.0");
      await assertUpToDate(inApp, code, "2.0 2.0\n");
    });
  }

  test("because its git commit gets a tag", async () => {
    using sandbox = await newSandbox();
    const repository = newRepository(join(sandbox.root, "lib"));
    const onImport = [
      "describe = subprocess.run(['git', 'describe', '--tags'], stdout=subprocess.PIPE, universal_newlines=True)",
      "VERSION = describe.stdout.strip() or '0.1'",
      "DIST_INFO = MODULE + '-' + VERSION + '.dist-info'",
    ].join("\n");
    const pyproject = `[project]\nname = "lib"\n${dynamicVersion}\n`;
    repository.commit(treeFiles({ name: "lib", onImport, pyproject }));
    const app = ["[project]", 'name = "app"', 'version = "0"', 'dependencies = ["lib"]', ...platforms];
    const source = `lib = { git = "file://${repository.path}", branch = "main" }`;
    writeFileSync(
      join(sandbox.cwd, "pyproject.toml"),
      [...app, "[tool.posy.sources]", source, ""].join("\n"),
    );
    await runPython(sandbox, versionOf("lib"), "0.1\n");
    repository.git("tag", "9.0");
    // Another machine has neither the repository nor the wheel in its cache.
    using other = await newSandbox();
    const { cwd } = sandbox;
    const elsewhere: Sandbox = { ...other, cwd, posy: (args) => other.posy(args, { cwd }) };
    await assertUpToDate(elsewhere, versionOf("lib"), "9.0\n");
  });
});

const wheels = ["one", "two"].map((name) =>
  makeWheel({ name, version: "1.0", files: { [`${name}.py`]: "" } }),
);
const namesOptions = ["[tool.setuptools]", 'options = "tree-backend.json"'];
const installed = [
  "python",
  "-c",
  "import importlib.util as u; print([n for n in ('one', 'two') if u.find_spec(n)])",
];

describe("requirements that only the build backend knows", () => {
  const write = (sandbox: Sandbox, folder: string, tree: Partial<TreeOptions>) =>
    project(sandbox, folder, { name: "lib", ...tree }, [
      'version = "1.0"',
      'dynamic = ["dependencies", "optional-dependencies"]',
      ...platforms,
      ...namesOptions,
    ]);
  const run = (sandbox: Sandbox, index: TestIndex, ...args: string[]) =>
    sandbox.posy(["run", "--default-index", index.url, ...args, "--", ...installed]);

  test("make the lock stale when they change", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: wheels });
    write(sandbox, ".", { dependencies: ["one"] });
    assertPrinted(await run(sandbox, index), "['one']\n");
    const check = ["lock", "--check", "--default-index", index.url];
    assertPrinted(await sandbox.posy(check), "pylock.toml is up to date\n");
    write(sandbox, ".", { dependencies: ["one", "two"] });
    assertFailed(await sandbox.posy(check), 1, /is not what/);
    assertPrinted(await run(sandbox, index), "['one', 'two']\n");
    assert.match(lockOf(sandbox), /^name = "two"$/m);
    // What is left is in the lock for all platforms, so no index is asked.
    write(sandbox, ".", { dependencies: ["two"] });
    const asked = index.requests.length;
    assertPrinted(await run(sandbox, index), "['two']\n");
    assert.equal(index.requests.length, asked);
    assert.match(lockOf(sandbox), /platform = "windows-x86_64"/);
    assertPrinted(await sandbox.posy(check), "pylock.toml is up to date\n");
  });

  for (const editable of [true, false]) {
    test(`make the lock stale if they are those of a dependency, ${editable ? "" : "not "}editable`, async () => {
      using sandbox = await newSandbox();
      await using index = await startIndex({ files: wheels });
      const app = ["[project]", 'name = "app"', 'version = "0"', 'dependencies = ["lib"]', ...platforms];
      const source = ["[tool.posy.sources]", `lib = { path = "lib", editable = ${editable} }`, ""];
      writeFileSync(join(sandbox.cwd, "pyproject.toml"), [...app, ...source].join("\n"));
      write(sandbox, "lib", { dependencies: ["one"] });
      assertPrinted(await run(sandbox, index), "['one']\n");
      write(sandbox, "lib", { dependencies: ["two"] });
      assertFailed(await sandbox.posy(["lock", "--check", "--default-index", index.url]), 1, /is not what/);
      assertPrinted(await run(sandbox, index), "['two']\n");
    });
  }

  test("may belong to extras, for `--extra` and for environments", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: wheels });
    write(sandbox, ".", { dependencies: ["one", "two; extra == 'more'"], extras: ["more"] });
    const path = join(sandbox.cwd, "pyproject.toml");
    writeFileSync(path, `${readFileSync(path, "utf8")}[tool.posy.envs.whole]\nextras = ["more"]\n`);
    assertPrinted(await run(sandbox, index), "['one']\n");
    assertPrinted(await run(sandbox, index, "--extra", "more"), "['one', 'two']\n");
    assertPrinted(await run(sandbox, index, "--env", "whole"), "['one', 'two']\n");
    const unknown = await run(sandbox, index, "--extra", "other");
    assert.match(unknown.stderr, /`lib 1\.0` has no extra `other`/);
  });

  test("need no build if only the version changed", async () => {
    using sandbox = await newSandbox();
    project(sandbox, ".", { name: "lib" }, [dynamicVersion, ...platforms]);
    await runPython(sandbox, versionOf("lib"), "1.0\n");
    using other = await newSandbox();
    project(
      sandbox,
      ".",
      { name: "lib", version: "1.1", raises: { prepare_metadata_for_build_wheel: "asked" } },
      [dynamicVersion, ...platforms],
    );
    const check = await other.posy(["lock", "--check", "--no-index"], { cwd: sandbox.cwd });
    assertPrinted(check, "pylock.toml is up to date\n");
  });
});

describe("context fields of hatchling", () => {
  /** Writes a project whose backend is called as hatchling is, and requires a wheel in its folder. */
  function write(sandbox: Sandbox): void {
    const url = `${pathToFileURL(sandbox.cwd).href}/two-1.0-py3-none-any.whl`;
    const tree: TreeOptions = { name: "app", dependencies: [`two @ ${url}`] };
    const table = ['version = "1.0"', 'dependencies = ["two @ {root:uri}/two-1.0-py3-none-any.whl"]'];
    project(sandbox, ".", tree, [...table, ...platforms, ...namesOptions]);
    const path = join(sandbox.cwd, "pyproject.toml");
    writeFileSync(path, readFileSync(path, "utf8").replace('"tree_backend"', '"hatchling.build"'));
    const backend = join(sandbox.cwd, "_backend", "hatchling");
    mkdirSync(backend, { recursive: true });
    writeFileSync(join(backend, "__init__.py"), "");
    writeFileSync(join(backend, "build.py"), "from tree_backend import *\n");
    writeFileSync(join(sandbox.cwd, "two-1.0-py3-none-any.whl"), wheels[1]?.bytes ?? "");
  }

  test("are filled in by the backend, and the lock works in another folder", async () => {
    using sandbox = await newSandbox();
    write(sandbox);
    assertPrinted(await sandbox.posy(["run", "--no-index", "--", ...installed]), "['two']\n");
    assert.match(lockOf(sandbox), /two @ file:two-1\.0-py3-none-any\.whl/);
    using other = await newSandbox();
    cpSync(sandbox.cwd, other.cwd, { recursive: true });
    write(other);
    assertPrinted(await other.posy(["lock", "--check", "--no-index"]), "pylock.toml is up to date\n");
    assertPrinted(await other.posy(["run", "--no-index", "--", ...installed]), "['two']\n");
  });
});

test("a relative path in the metadata of a dependency is refused, whatever the current folder is", async () => {
  using sandbox = await newSandbox();
  project(sandbox, "lib", { name: "lib" }, [
    'version = "1.0"',
    'dependencies = ["two @ ./two-1.0-py3-none-any.whl"]',
  ]);
  const sub = join(sandbox.cwd, "sub");
  mkdirSync(sub);
  for (const folder of [sandbox.cwd, sub, join(sandbox.cwd, "lib")])
    writeFileSync(join(folder, "two-1.0-py3-none-any.whl"), wheels[1]?.bytes ?? "");
  const app = ["[project]", 'name = "app"', 'version = "0"', 'dependencies = ["lib"]', ...platforms];
  const source = ["[tool.posy.sources]", 'lib = { path = "lib" }', ""];
  writeFileSync(join(sandbox.cwd, "pyproject.toml"), [...app, ...source].join("\n"));
  for (const cwd of [sandbox.cwd, sub]) {
    const run = await sandbox.posy(["lock", "--no-index"], { cwd });
    assertFailed(run, 1, /`two @ \.\/two-1\.0-py3-none-any\.whl` has a path where only a URL is allowed/);
  }
});

test("a project is built from a copy even if the store is inside of it", async () => {
  using sandbox = await newSandbox();
  const home = join(sandbox.cwd, "my store");
  cpSync(sandbox.home, home, { recursive: true, verbatimSymlinks: true });
  project(sandbox, ".", { name: "lib" }, ['version = "1.0"']);
  const args = ["run", "--no-project", "--with", ".", "--no-index", "--", "python", "-c", versionOf("lib")];
  assertPrinted(await sandbox.posy(args, { env: { POSY_HOME: home } }), "1.0\n");
});
