import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { metadataFiles } from "../../../src/builder/sources/build-file-heuristics.ts";
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
    title: "no files in the tables of other tools",
    files: { "pyproject.toml": '[tool.ruff]\nexclude = ["src/lib/big.py"]\n', "src/lib/big.py": "" },
    named: [],
  },
];

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
