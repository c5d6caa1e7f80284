import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "smol-toml";
import { keysLeftToBackend, parseProjectMetadata } from "../../../src/vocab/metadata/project-metadata.ts";
import { parseProjectTable } from "../../../src/vocab/metadata/project-table.ts";
import { formatRequirement } from "../../../src/vocab/requirement/requirement.ts";

const head = 'name = "Foo.Bar"\nversion = "1.0"\n';
const table = (toml: string) => (parse(`[project]\n${toml}`) as { project: unknown }).project;

test("reads every key of a `[project]` table", () => {
  const project = parseProjectTable(
    table(`${head}description = "what it is"
readme = "docs/README.MD"
requires-python = ">=3.9"
license = "MIT AND (Apache-2.0 OR LicenseRef-Ours)"
license-files = ["LICEN[CS]E*"]
authors = [{ name = "A", email = "a@b.example" }, { email = "c@d.example" }]
keywords = ["one", "two"]
classifiers = ["Private :: Do Not Upload"]
dependencies = ["a>=1"]
dynamic = ["maintainers"]
import-names = ["foo", "foo.bar", "_foo; private"]
surprise = 1
[project.urls]
Home = "https://foo.example"
[project.scripts]
foo = "foo.cli:main [fast]"
[project.gui-scripts]
foo-gui = "foo.gui:App.run"
[project.entry-points."foo.plugins"]
one = "foo.one"
[project.optional-dependencies]
Fast_er = ["b"]
`),
  );
  assert.equal(project.name, "foo-bar");
  assert.equal(project.nameText, "Foo.Bar");
  assert.deepEqual(project.readme, { kind: "file", path: "docs/README.MD", contentType: "text/markdown" });
  assert.equal(project.license?.kind, "expression");
  assert.deepEqual(project.authors, [{ name: "A", email: "a@b.example" }, { email: "c@d.example" }]);
  assert.deepEqual(project.scripts, [
    { name: "foo", module: "foo.cli", attribute: "main", extras: ["fast"] },
  ]);
  assert.equal(project.guiScripts[0]?.attribute, "App.run");
  assert.equal(project.entryPoints.get("foo.plugins")?.get("one"), "foo.one");
  assert.deepEqual(project.importNames?.at(-1), { name: "_foo", isPrivate: true });
  assert.equal(project.importNamespaces, undefined);
  assert.deepEqual(
    [...project.optionalDependencies].map(([extra, list]) => [extra, list.map(formatRequirement)]),
    [["fast-er", ["b"]]],
  );
  assert.deepEqual(project.warnings, ["`[project]` has no key `surprise`: ignored"]);
});

describe("the keys that a resolver needs and only the backend knows", () => {
  const cases: readonly [string, readonly string[]][] = [
    ['version = "1"', []],
    ['version = "1"\ndynamic = ["readme", "scripts", "urls"]', []],
    ['dynamic = ["version"]', ["version"]],
    ['version = "1"\ndependencies = ["a"]\ndynamic = ["dependencies"]', ["dependencies"]],
    [
      'dynamic = ["optional-dependencies", "requires-python", "dependencies", "version"]',
      ["version", "requires-python", "dependencies", "optional-dependencies"],
    ],
  ];
  for (const [toml, unknown] of cases) {
    test(`are ${unknown.join() || "none"} for ${JSON.stringify(toml)}`, () => {
      assert.deepEqual(keysLeftToBackend(parseProjectMetadata(table(`name = "a"\n${toml}`))), unknown);
    });
  }
});

describe("parseProjectTable refuses, with the key at fault", () => {
  const cases: readonly [toml: string, says: RegExp][] = [
    ["", /`project.name` .* must be a string, but is missing/],
    ['name = "a"', /`project.version` .* is missing/],
    ['name = "a b"\nversion = "1"', /`project.name` .* can't be read/],
    ['name = "a"\nversion = 1.0', /`project.version` .* must be a string, but is a number/],
    [`${head}dependencies = ["a", "two words"]`, /`project.dependencies\[1\]` .* can't be read: .*two words/],
    [
      `${head}optional-dependencies.x = ["a", 2]`,
      /`project.optional-dependencies.x\[1\]` .* must be a string/,
    ],
    [
      `${head}optional-dependencies = { a-b = [], A_B = [] }`,
      /`project.optional-dependencies.A_B` .* repeats the extra `a-b`/,
    ],
    [`${head}optional-dependencies."no name" = []`, /`project.optional-dependencies."no name"`/],
    [`${head}dynamic = ["version"]`, /`project.version` .* also listed in `dynamic`/],
    [`${head}dynamic = ["name"]`, /`project.dynamic\[0\]` .* can't be dynamic/],
    [`${head}dynamic = ["no-key"]`, /`project.dynamic\[0\]` .* is not a key of/],
    [`${head}requires-python = "3.8"`, /`project.requires-python` .* can't be read/],
    [`${head}readme = "README"`, /`project.readme` .* suffix does not say the content type/],
    [`${head}readme = { file = "a", text = "b", content-type = "text/plain" }`, /`project.readme` .* one of/],
    [`${head}readme = { file = "a" }`, /`project.readme.content-type` .* is missing/],
    [`${head}license = "MIT or"`, /`project.license` .* not an SPDX expression/],
    [`${head}license = "MIT Apache-2.0"`, /`project.license` .* not an SPDX expression/],
    [`${head}license = "(MIT"`, /`project.license` .* not an SPDX expression/],
    [`${head}license = "MIT WITH AND"`, /`project.license` .* not an SPDX expression/],
    [`${head}license = ""`, /`project.license` .* not an SPDX expression/],
    [
      `${head}license = "MIT"\nclassifiers = ["License :: OSI Approved"]`,
      /`project.license` .* excludes `License ::`/,
    ],
    [`${head}license-files = ["../x"]`, /`project.license-files\[0\]`/],
    [
      `${head}license.text = "x"\nlicense-files = []`,
      /`project.license-files` .* can't be used with a table/,
    ],
    [`${head}authors = [{}]`, /`project.authors\[0\]` .* neither `name` nor `email`/],
    [
      `${head}maintainers = [{ name = "a", url = "b" }]`,
      /`project.maintainers\[0\]` .* has an unknown key `url`/,
    ],
    [`${head}scripts.run = "module"`, /`project.scripts.run` .* a script is `module:function`/],
    [`${head}scripts."a/b" = "m:f"`, /`project.scripts."a\/b"` .* file's name/],
    [
      `${head}entry-points.console_scripts.x = "m:f"`,
      /`project.entry-points.console_scripts` .*`\[project.scripts\]`/,
    ],
    [
      `${head}import-names = ["a"]\nimport-namespaces = ["a"]`,
      /`project.import-names\[0\]` .* namespace too/,
    ],
    [`${head}import-names = ["a.b"]`, /`project.import-namespaces` .* has no `a`/],
    [`${head}keywords = 1979-05-27`, /`project.keywords` .* must be an array, but is a date/],
  ];
  for (const [toml, says] of cases) {
    test(JSON.stringify(toml.replace(head, "")), () => {
      assert.throws(
        () => parseProjectTable(table(toml)),
        (error: Error & { code: string }) => error.code === "invalid-project" && says.test(error.message),
      );
    });
  }
});
