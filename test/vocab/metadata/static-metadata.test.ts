import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "smol-toml";
import { formatRequirement } from "../../../src/vocab/requirement/requirement.ts";
import { parseMetadata } from "../../../src/vocab/metadata/metadata.ts";
import { staticPkgInfo, staticPyproject } from "../../../src/vocab/metadata/static-metadata.ts";
import { parseVersion } from "../../../src/vocab/version/version.ts";

const pkgInfo = (version: string, ...lines: string[]) =>
  [
    `Metadata-Version: ${version}`,
    "Name: foo",
    "Version: 1.0",
    ...lines,
    "Requires-Dist: bar",
    "",
    "text",
  ].join("\n");

describe("staticPkgInfo", () => {
  const cases: readonly [string, string, boolean][] = [
    ["2.2", pkgInfo("2.2"), true],
    ["2.4 with other fields dynamic", pkgInfo("2.4", "Dynamic: License-File", "Dynamic: Summary"), true],
    ["2.10", pkgInfo("2.10"), true],
    ["2.1", pkgInfo("2.1"), false],
    ["1.0", pkgInfo("1.0"), false],
    ["no version of metadata", pkgInfo("2.2").replace(/^.*\n/, ""), false],
    ["3.0", pkgInfo("3.0"), false],
    ["dynamic Requires-Dist", pkgInfo("2.2", "Dynamic: requires-dist"), false],
    ["dynamic Requires-Python", pkgInfo("2.2", "Dynamic: Requires-Python"), false],
    ["dynamic Provides-Extra", pkgInfo("2.2", "Dynamic: Provides-Extra"), false],
    ["dynamic Version", pkgInfo("2.2", "Dynamic: Version"), false],
    ["a malformed requirement", pkgInfo("2.2", "Requires-Dist: two words"), false],
    ["no name", "Metadata-Version: 2.2\nVersion: 1.0\n", false],
    ["nothing", "", false],
  ];
  for (const [title, text, trusted] of cases) {
    test(`returns ${trusted ? "metadata" : "undefined"} for ${title}`, () => {
      const metadata = staticPkgInfo(text);
      assert.equal(metadata !== undefined, trusted);
      if (metadata) assert.deepEqual(metadata.requiresDist.map(formatRequirement), ["bar"]);
    });
  }
});

describe("staticPyproject", () => {
  const project = '[project]\nname = "Foo.Bar"\nversion = "1.0"\n';
  const read = (toml: string, version?: string) =>
    staticPyproject(parse(toml), version === undefined ? undefined : parseVersion(version));

  test("writes METADATA from a `[project]` table", () => {
    const metadata = parseMetadata(
      read(`${project}
requires-python = ">=3.8"
dependencies = ["a>=1", "b @ https://example.example/b.zip ; python_version < '3.9'"]
[project.optional-dependencies]
Test_x = ["c; python_version < '3.9' or os_name == 'nt'", "d[e]"]
none = []
`) as string,
    );
    assert.equal(metadata.name, "foo-bar");
    assert.equal(metadata.version.text, "1.0");
    assert.equal(metadata.requiresPython?.text, ">=3.8");
    assert.deepEqual(metadata.providesExtra, ["test-x", "none"]);
    assert.deepEqual(metadata.requiresDist.map(formatRequirement), [
      "a>=1",
      'b @ https://example.example/b.zip ; python_version < "3.9"',
      'c; (python_version < "3.9" or os_name == "nt") and extra == "test-x"',
      'd[e]; extra == "test-x"',
    ]);
    assert.deepEqual(metadata.warnings, []);
  });

  const cases: readonly [string, string, string | undefined, boolean][] = [
    ["name and version", project, undefined, true],
    ["other keys dynamic", `${project}dynamic = ["readme", "classifiers"]`, undefined, true],
    ["a dynamic version that is known", '[project]\nname = "a"\ndynamic = ["version"]', "2.0", true],
    ["a dynamic version that is not known", '[project]\nname = "a"\ndynamic = ["version"]', undefined, false],
    ["dynamic dependencies", `${project}dynamic = ["dependencies"]`, undefined, false],
    [
      "dependencies that are added to",
      `${project}dependencies = []\ndynamic = ["dependencies"]`,
      undefined,
      false,
    ],
    ["dynamic extras", `${project}dynamic = ["optional-dependencies"]`, undefined, false],
    ["a dynamic requires-python", `${project}dynamic = ["requires-python"]`, undefined, false],
    ["no table", '[build-system]\nrequires = ["setuptools"]', "1.0", false],
    ["no version", '[project]\nname = "a"', "1.0", false],
    ["a malformed requirement", `${project}dependencies = ["two words"]`, undefined, false],
    ["a `[project]` that is not a table", "project = 1", undefined, false],
    ["Poetry's own dependencies", `${project}[tool.poetry]\nname = "a"`, undefined, false],
    [
      "Poetry with dependencies in the table",
      `${project}dependencies = []\n[tool.poetry]\n`,
      undefined,
      true,
    ],
  ];
  for (const [title, toml, version, enough] of cases) {
    test(`returns ${enough ? "METADATA" : "undefined"} for ${title}`, () => {
      assert.equal(read(toml, version) !== undefined, enough);
    });
  }
});
