import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { newRepository } from "../support/git-repository.ts";
import { assertPrinted, newPlace, type Place } from "../support/posy.ts";
import { treeFiles, type TreeOptions } from "../support/tree-backend.ts";

/** Writes a local project. `table` are lines of `[project]` after its name, and of tables after that. */
function project(place: Place, folder: string, tree: TreeOptions, table: readonly string[]): void {
  const pyproject = ["[project]", `name = "${tree.name}"`, ...table].join("\n");
  for (const [path, text] of Object.entries(treeFiles({ ...tree, pyproject }))) {
    const file = join(place.cwd, folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

const platforms = ["[tool.posy]", 'platforms = ["linux-x86_64", "windows-x86_64"]'];
const dynamicVersion = 'dynamic = ["version"]';
const lockOf = (place: Place) => readFileSync(join(place.cwd, "pylock.toml"), "utf8");

async function runPython(place: Place, code: string, printed: string): Promise<void> {
  assertPrinted(await place.posy(["run", "--no-index", "--", "python", "-c", code]), printed);
}

/** Asserts that the lock is up to date, and that neither this nor a run with `code` changes it. */
async function assertUpToDate(place: Place, code: string, printed: string): Promise<void> {
  const before = lockOf(place);
  assertPrinted(await place.posy(["lock", "--check", "--no-index"]), "pylock.toml is up to date\n");
  await runPython(place, code, printed);
  assert.equal(lockOf(place), before);
}

const versionOf = (name: string) => `import importlib.metadata as m; print(m.version("${name}"))`;

describe("the version of a local project can change after it was locked:", () => {
  test("a version in `pyproject.toml`", async () => {
    using place = await newPlace();
    const write = (version: string) =>
      project(place, ".", { name: "app", version }, [`version = "${version}"`, ...platforms]);
    write("1.0");
    await runPython(place, versionOf("app"), "1.0\n");
    write("1.1");
    await assertUpToDate(place, versionOf("app"), "1.1\n");
    assert.match((await place.posy(["tree"])).stdout, /^app 1\.1$/m);
  });

  test("a version that the build backend computes", async () => {
    using place = await newPlace();
    const write = (version: string) =>
      project(place, ".", { name: "app", version }, [dynamicVersion, ...platforms]);
    write("1.0");
    await runPython(place, versionOf("app"), "1.0\n");
    write("1.1.dev1");
    await assertUpToDate(place, versionOf("app"), "1.1.dev1\n");
  });

  for (const editable of [true, false]) {
    test(`that of a dependency and of its dependency, ${editable ? "" : "not "}editable`, async () => {
      using place = await newPlace();
      const source = (name: string) => `${name} = { path = "../${name}", editable = ${editable} }`;
      const write = (version: string) => {
        const of = (name: string, dependencies: readonly string[] = []): TreeOptions => ({
          name,
          version,
          dependencies,
        });
        project(place, "far", of("far"), [dynamicVersion]);
        const near = [
          `version = "${version}"`,
          'dependencies = ["far"]',
          "[tool.posy.sources]",
          source("far"),
        ];
        project(place, "near", of("near", ["far"]), near);
      };
      mkdirSync(join(place.cwd, "app"));
      const app = ["[project]", 'name = "app"', 'version = "0"', 'dependencies = ["near"]', ...platforms];
      const text = [...app, "[tool.posy.sources]", source("near"), ""].join("\n");
      writeFileSync(join(place.cwd, "app", "pyproject.toml"), text);
      const cwd = join(place.cwd, "app");
      const inApp: Place = { ...place, cwd, posy: (args) => place.posy(args, { cwd }) };
      const code = "import importlib.metadata as m; print(m.version('near'), m.version('far'))";
      write("1.0");
      await runPython(inApp, code, "1.0 1.0\n");
      write("2.0");
      await assertUpToDate(inApp, code, "2.0 2.0\n");
    });
  }

  test("that of a git commit which got a tag", async () => {
    using place = await newPlace();
    const repository = newRepository(join(place.root, "lib"));
    const onImport = [
      "describe = subprocess.run(['git', 'describe', '--tags'], stdout=subprocess.PIPE, universal_newlines=True)",
      "VERSION = describe.stdout.strip() or '0.1'",
      "DIST_INFO = MODULE + '-' + VERSION + '.dist-info'",
    ].join("\n");
    const pyproject = `[project]\nname = "lib"\n${dynamicVersion}\n`;
    repository.commit(treeFiles({ name: "lib", onImport, pyproject }));
    const app = ["[project]", 'name = "app"', 'version = "0"', 'dependencies = ["lib"]', ...platforms];
    const source = `lib = { git = "file://${repository.path}", branch = "main" }`;
    writeFileSync(join(place.cwd, "pyproject.toml"), [...app, "[tool.posy.sources]", source, ""].join("\n"));
    await runPython(place, versionOf("lib"), "0.1\n");
    repository.git("tag", "9.0");
    // Another machine has neither the repository nor the wheel in its cache.
    using other = await newPlace();
    const { cwd } = place;
    const elsewhere: Place = { ...other, cwd, posy: (args) => other.posy(args, { cwd }) };
    await assertUpToDate(elsewhere, versionOf("lib"), "9.0\n");
  });
});
