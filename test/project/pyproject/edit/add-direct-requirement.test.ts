import assert from "node:assert/strict";
import { test } from "node:test";
import { addDirectRequirement } from "../../../../src/project/pyproject/edit/add-direct-requirement.ts";
import { parseTypedRequirement } from "../../../../src/project/requirements-file/direct-requirement.ts";
import type { RequirementList } from "../../../../src/project/pyproject/edit/requirement-lists.ts";

const path = "/work/app/pyproject.toml";
const main = { kind: "dependencies" } as const;

async function add(text: string, typed: string, list: RequirementList = main, editable = false) {
  const read = parseTypedRequirement(typed, "/work/app/sub", editable);
  if (read.kind !== "requirement" || read.requirement.url === undefined) throw new Error(typed);
  return addDirectRequirement(text, path, list, {
    ...read.requirement,
    url: read.requirement.url,
    absolute: false,
  });
}

const project = (dependencies = "", more = "") =>
  `[project]\nname = "app"\ndependencies = [${dependencies}]\n${more}`;
const sources = (line: string) => `\n[tool.posy.sources]\n${line}\n`;
const hatchling = '\n[build-system]\nbuild-backend = "hatchling.build"\n';

const cases: readonly [title: string, typed: string, before: string, after: string][] = [
  [
    "writes a repository as `name @ URL`",
    "lib[x] @ git+https://h.example/lib@v1#subdirectory=py ; os_name == 'nt'",
    project(),
    project(`\n    "lib[x] @ git+https://h.example/lib@v1#subdirectory=py ; os_name == 'nt'",\n`),
  ],
  [
    "replaces the specifier of a listed package by the URL",
    "lib @ https://h.example/lib-2.0-py3-none-any.whl",
    project('"a", "lib>=1"'),
    project('"a", "lib @ https://h.example/lib-2.0-py3-none-any.whl"'),
  ],
  [
    "writes the name of `#egg=` only once",
    "git+https://h.example/lib#egg=lib",
    project(),
    project('\n    "lib @ git+https://h.example/lib",\n'),
  ],
  [
    "writes a folder as a source, with its path relative to the project",
    "lib[x] @ ../../lib",
    project(),
    project('\n    "lib[x]",\n', sources('lib = { path = "../lib" }')),
  ],
  [
    "writes a local file as a source",
    "./lib-1.0-py3-none-any.whl",
    project(),
    project('\n    "lib",\n', sources('lib = { path = "sub/lib-1.0-py3-none-any.whl" }')),
  ],
  [
    "keeps the specifier of a folder and replaces its source",
    "lib @ ../lib",
    project('"lib>=1", "more"'),
    project('"lib>=1", "more"', sources('lib = { path = "lib" }')),
  ],
  [
    "replaces a repository by a folder",
    "lib @ ../lib",
    project('"lib[x] @ git+https://h.example/lib"'),
    project('"lib[x]"', sources('lib = { path = "lib" }')),
  ],
  [
    "replaces the source of a package that has one",
    "lib @ git+https://h.example/lib@main#subdirectory=py",
    project('"lib"', sources('lib = { path = "lib" } # here')),
    project(
      '"lib"',
      sources('lib = { git = "https://h.example/lib", rev = "main", subdirectory = "py" } # here'),
    ),
  ],
  [
    "writes a source if the build backend refuses URLs",
    "lib @ https://h.example/a.zip#subdirectory=x",
    project("", hatchling),
    project(
      '\n    "lib",\n',
      `${hatchling}${sources('lib = { url = "https://h.example/a.zip", subdirectory = "x" }')}`,
    ),
  ],
  [
    "writes the URL if the build backend is set to allow URLs",
    "lib @ git+https://h.example/lib",
    project("", `${hatchling}\n[tool.hatch.metadata]\nallow-direct-references = true\n`),
    project(
      '\n    "lib @ git+https://h.example/lib",\n',
      `${hatchling}\n[tool.hatch.metadata]\nallow-direct-references = true\n`,
    ),
  ],
];
for (const [title, typed, before, after] of cases) {
  test(`addDirectRequirement ${title}`, async () => {
    assert.equal(await add(before, typed), after);
  });
}

test("writes the URL into a group, because build backends do not read groups", async () => {
  const group = { kind: "group", name: "dev" } as const;
  const text = await add(project("", hatchling), "lib @ git+https://h.example/lib", group);
  assert.match(text, /\[dependency-groups\]\ndev = \[\n {4}"lib @ git\+https:\/\/h\.example\/lib",\n\]/);
});

test("writes `editable = true` for an editable folder", async () => {
  assert.match(await add(project(), "lib @ ../lib", main, true), /lib = \{ path = "lib", editable = true \}/);
});

test("refuses to write a password, and does not print it", async () => {
  await assert.rejects(add(project(), "lib @ git+https://me:secret@h.example/lib"), (error: Error) => {
    assert.match(error.message, /`git\+https:\/\/h\.example\/lib` has a login/);
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
});

test("refuses a `file:` URL with a host, which is no path on this machine", {
  skip: process.platform === "win32",
}, async () => {
  await assert.rejects(add(project(), "lib @ file://host/lib.zip"), { code: "invalid-url" });
});
