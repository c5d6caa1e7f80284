import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { compiledSources } from "../../../src/builder/sources/directory-fingerprint.ts";
import { projectInputs } from "../../../src/builder/sources/project-inputs.ts";
import { newRepository } from "../../support/git-repository.ts";
import { newSourceFixture, type SourceFixture } from "./source-fixture.ts";

type Files = Readonly<Record<string, string>>;

function newProject(fixture: SourceFixture, files: Files): string {
  const root = fixture.folder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

const relativeTo = (root: string, paths: readonly string[]) =>
  paths.map((path) => relative(root, path).replaceAll("\\", "/")).sort();

describe("the metadata of a project may come from", () => {
  const cases: readonly (readonly [title: string, files: Files, variables: readonly string[]])[] = [
    ["no variable", { "pyproject.toml": '[project]\nname = "app"\n' }, []],
    [
      "variables in context fields of hatchling",
      { "pyproject.toml": '[project]\ndependencies = ["a @ {env:PLACE:none}/a", "b=={env:B_VERSION}"]\n' },
      ["PLACE", "B_VERSION"],
    ],
    [
      'the variable of `source = "env"`',
      { "hatch.toml": '[version]\nsource = "env"\nvariable = "APP_VERSION"\n' },
      ["APP_VERSION"],
    ],
    [
      "variables that Python files of the build read",
      {
        "setup.py": "os.environ['ONE']; os.environ.get(\"TWO\"); getenv('THREE'); print('FOUR')",
        "hatch_build.py": "import os; os.environ.get('FIVE', '')",
      },
      ["ONE", "TWO", "THREE", "FIVE"],
    ],
    [
      "variables in `cache-keys`",
      { "pyproject.toml": '[tool.uv]\ncache-keys = ["x", { env = "MINE" }]\n' },
      ["MINE"],
    ],
  ];
  for (const [title, files, variables] of cases) {
    test(title, async () => {
      using fixture = newSourceFixture();
      assert.deepEqual((await projectInputs(newProject(fixture, files))).variables, variables);
    });
  }

  test("variables that replace the version of a history", async () => {
    using fixture = newSourceFixture();
    const pyproject = '[build-system]\nrequires = ["hatch-vcs"]\n[project]\nname = "My.app"\n';
    const { variables } = await projectInputs(newProject(fixture, { "pyproject.toml": pyproject }));
    assert.ok(variables.includes("SETUPTOOLS_SCM_PRETEND_VERSION"));
    assert.ok(variables.includes("SETUPTOOLS_SCM_PRETEND_VERSION_FOR_MY_APP"));
  });
});

describe("`cache-keys` of uv", () => {
  const files = {
    VERSION: "",
    "crates/a.rs": "",
    "crates/a.txt": "",
    "crates/deep/b.rs": "",
    "crates/deep/target/CACHEDIR.TAG": "",
    "crates/deep/target/c.rs": "",
    "data/one.csv": "",
    "data/two.json": "",
    "data/sub/three.csv": "",
    "odd/a[1].x": "",
    "odd/b1.x": "",
    "odd/b2.x": "",
  };
  const cases: readonly (readonly [keys: string, paths: readonly string[], folders: readonly string[]])[] = [
    ['"VERSION"', ["VERSION"], []],
    ['{ file = "missing/x" }', ["missing/x"], []],
    ['"missing/*"', [], []],
    ['{ dir = "src" }', [], ["src"]],
    [
      '"**/*.rs"',
      ["crates/a.rs", "crates/deep/b.rs"],
      ["", "crates", "crates/deep", "data", "data/sub", "odd"],
    ],
    ['"crates/**"', ["crates/a.rs", "crates/a.txt", "crates/deep/b.rs"], ["crates", "crates/deep"]],
    ['"./data/*.{csv,json}"', ["data/one.csv", "data/two.json"], ["data"]],
    ['"data/*/t?ree.*"', ["data/sub/three.csv"], ["data", "data/sub"]],
    ['"odd/b[!2].x"', ["odd/b1.x"], ["odd"]],
    ['"odd/b[2-9].x"', ["odd/b2.x"], ["odd"]],
    ["1, { file = 2 }, { git = false }, { git = { commit = false } }", [], []],
  ];
  for (const [keys, paths, folders] of cases) {
    test(`watch what ${keys} names`, async () => {
      using fixture = newSourceFixture();
      const root = newProject(fixture, { ...files, "pyproject.toml": `[tool.uv]\ncache-keys = [${keys}]\n` });
      const inputs = await projectInputs(root);
      // `src` is watched in any case, because the project has no modules yet.
      const always = ["pyproject.toml", "setup.py", "setup.cfg", "src"];
      const added = relativeTo(root, inputs.paths).filter((path) => !always.includes(path));
      assert.deepEqual(added, paths);
      assert.deepEqual(relativeTo(root, inputs.folders), folders);
    });
  }

  for (const git of ["true", "{ commit = true }", "{ tags = true }"]) {
    test(`watch the history with \`git = ${git}\``, async () => {
      using fixture = newSourceFixture();
      const repository = newRepository(join(fixture.root, "app"));
      repository.commit({ "pyproject.toml": `[tool.uv]\ncache-keys = [{ git = ${git} }]\n` });
      const { paths } = await projectInputs(repository.path);
      assert.ok(paths.includes(join(repository.path, ".git", "HEAD")));
    });
  }

  test("are ignored in a file that is not TOML", async () => {
    using fixture = newSourceFixture();
    const root = newProject(fixture, { "pyproject.toml": "[tool.uv\ncache-keys = [\n" });
    assert.deepEqual((await projectInputs(root)).folders, []);
  });
});

describe("the identity of a folder changes with", () => {
  const identityOf = async (fixture: SourceFixture, root: string, environment: NodeJS.ProcessEnv) =>
    (await fixture.pin(`${pathToFileURL(root).href}#editable=true`, { environment })).identity;

  test("the value of a variable that its build files name", async () => {
    using fixture = newSourceFixture();
    const root = newProject(fixture, { "setup.py": "os.environ['WANTED']\n" });
    const before = await identityOf(fixture, root, { OTHER: "1" });
    assert.equal(await identityOf(fixture, root, { OTHER: "2" }), before);
    const empty = await identityOf(fixture, root, { WANTED: "" });
    assert.notEqual(empty, before);
    assert.notEqual(await identityOf(fixture, root, { WANTED: "1" }), empty);
  });

  test("a folder of `cache-keys` that is made, but not with its entries", async () => {
    using fixture = newSourceFixture();
    // The folder is outside of the project, whose own folders count anyway.
    const pyproject = '[tool.uv]\ncache-keys = [{ dir = "../shared" }]\n';
    const root = join(fixture.root, "app");
    mkdirSync(root);
    writeFileSync(join(root, "pyproject.toml"), pyproject);
    const before = await identityOf(fixture, root, {});
    mkdirSync(join(fixture.root, "shared"));
    const made = await identityOf(fixture, root, {});
    assert.notEqual(made, before);
    writeFileSync(join(fixture.root, "shared", "x"), "");
    assert.equal(await identityOf(fixture, root, {}), made);
  });
});

describe("the compiled sources of a project", () => {
  test("are those that its compiled modules are made from", () => {
    using fixture = newSourceFixture();
    const root = newProject(fixture, {
      "pyproject.toml": "",
      "app/__init__.py": "",
      "app/fast.pyx": "",
      "app/fast.c": "",
      "app/hand.C": "",
      "app/build.txt": "",
    });
    assert.deepEqual(relativeTo(root, compiledSources(root)), [
      "app/build.txt",
      "app/fast.pyx",
      "app/hand.C",
      "pyproject.toml",
    ]);
  });

  test("are none if nothing is compiled", () => {
    using fixture = newSourceFixture();
    const files = { "pyproject.toml": "", "app/data.txt": "", "docs/conf.toml": "", "CMakeLists.TXT": "" };
    assert.deepEqual(compiledSources(newProject(fixture, files)), []);
  });
});
