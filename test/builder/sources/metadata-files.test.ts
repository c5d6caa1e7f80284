import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { metadataFiles } from "../../../src/builder/sources/metadata-files.ts";
import { newSourceFixture } from "./source-fixture.ts";

const always = ["pyproject.toml", "setup.py", "setup.cfg"];
const cases: readonly {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly named: readonly string[];
}[] = [
  { title: "the build files, even if they do not exist", files: {}, named: [] },
  {
    title: "files in the tables of build backends",
    files: {
      "pyproject.toml": [
        "[tool.setuptools.dynamic]",
        'dependencies = { file = ["requirements/base.txt"] }',
        "[tool.hatch.version]",
        'path = "src/lib/__about__.py"',
      ].join("\n"),
      "requirements/base.txt": "",
      "src/lib/__about__.py": "",
    },
    named: ["requirements/base.txt", "src/lib/__about__.py"],
  },
  {
    title: "files that `setup.py` and `setup.cfg` name",
    files: {
      "setup.py": 'open("requirements.txt")\n',
      "setup.cfg": "[options]\ninstall_requires = file: more.in\n",
      "requirements.txt": "",
      "more.in": "",
    },
    named: ["more.in", "requirements.txt"],
  },
  { title: "the custom hook of hatchling", files: { "hatch_build.py": "" }, named: ["hatch_build.py"] },
  {
    title: "the files of other backends, and files that they name",
    files: {
      "hatch.toml": '[version]\npath = "app/about.py"\n',
      "meson.build": "project('app', version: files('VERSION.txt'))",
      "app/about.py": "",
      "VERSION.txt": "",
      "pdm_build.py": "",
    },
    named: ["VERSION.txt", "app/about.py", "hatch.toml", "meson.build", "pdm_build.py"],
  },
  {
    title: "the module of `attr` and its packages, in `src` too",
    files: {
      "pyproject.toml": '[tool.setuptools.dynamic]\nversion = { attr = "app.part.__version__" }\n',
      "src/app/__init__.py": "",
      "src/app/part.py": "",
      "src/app/other.py": "",
    },
    named: ["src/app/__init__.py", "src/app/part.py"],
  },
  {
    title: "a module without a package that `setup.cfg` names",
    files: { "setup.cfg": "[metadata]\nversion = attr: app.VERSION\n", "app.py": "", "other.py": "" },
    named: ["app.py"],
  },
  {
    title: "modules in the folder of `package-dir`",
    files: {
      "pyproject.toml": [
        "[tool.setuptools]",
        'package-dir = { "" = "python" }',
        "[tool.setuptools.dynamic]",
        'version = { attr = "app.__version__" }',
      ].join("\n"),
      "python/app/__init__.py": "",
    },
    named: ["python/app/__init__.py"],
  },
  {
    title: "the module of a `getter` of pdm",
    files: {
      "pyproject.toml": '[tool.pdm.version]\nsource = "call"\ngetter = "app.version:get"\n',
      "app/version.py": "",
    },
    named: ["app/version.py"],
  },
  {
    title: "files in packages whose path `setup.py` joins",
    files: {
      "setup.py": 'read(os.path.join("src", "app", "_version.py"))\n',
      "src/app/_version.py": "",
      "src/app/__init__.py": "",
      "lib/far/deep/_version.py": "",
    },
    named: ["src/app/_version.py"],
  },
  {
    title: "the module of a project of flit with a dynamic version",
    files: {
      "pyproject.toml": [
        "[build-system]",
        'build-backend = "flit_core.buildapi"',
        "[project]",
        'name = "my-app"',
        'dynamic = ["version"]',
      ].join("\n"),
      "my_app/__init__.py": "",
      "my_app/_version.py": "",
      "my_app/other.py": "",
    },
    named: ["my_app/__init__.py", "my_app/_version.py"],
  },
  {
    title: "the module that flit is told",
    files: {
      "pyproject.toml":
        '[project]\nname = "x"\ndynamic = ["version"]\n[tool.flit.module]\nname = "deep.app"\n',
      "src/deep/app.py": "",
    },
    named: ["src/deep/app.py"],
  },
  {
    title: "the module of an old project of flit",
    files: { "pyproject.toml": '[tool.flit.metadata]\nmodule = "app"\n', "app.py": "" },
    named: ["app.py"],
  },
  {
    title: "no module of a project of flit without dynamic fields",
    files: {
      "pyproject.toml": '[project]\nname = "app"\nversion = "1"\n[tool.flit.module]\nname = "app"\n',
      "app.py": "",
    },
    named: [],
  },
  {
    title: "no files in the tables of other tools",
    files: { "pyproject.toml": '[tool.ruff]\nexclude = ["src/lib/big.py"]\n', "src/lib/big.py": "" },
    named: [],
  },
];

test("the version of a crate may come from its workspace", () => {
  using fixture = newSourceFixture();
  const top = fixture.folder();
  const crate = join(top, "crates", "app");
  mkdirSync(crate, { recursive: true });
  writeFileSync(join(top, "Cargo.toml"), '[workspace.package]\nversion = "1.0.0"\n');
  writeFileSync(join(crate, "Cargo.toml"), '[package]\nversion = "1.0.0"\n');
  assert.ok(!metadataFiles(crate).includes(join(top, "Cargo.toml")));
  writeFileSync(join(crate, "Cargo.toml"), "[package]\nversion.workspace = true\n");
  assert.ok(metadataFiles(crate).includes(join(top, "Cargo.toml")));
});

for (const { title, files, named } of cases) {
  test(`the metadata of a project may come from ${title}`, () => {
    using fixture = newSourceFixture();
    const root = fixture.folder();
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    const found = metadataFiles(root).map((path) => relative(root, path).replaceAll("\\", "/"));
    assert.deepEqual(found.sort(), [...always, ...named].sort());
  });
}
