import assert from "node:assert/strict";
import { test } from "node:test";
import { addPlaced } from "../../../../src/project/pyproject/edit/add-placed.ts";
import { parseTypedRequirement } from "../../../../src/project/requirements-file/direct-requirement.ts";
import type { RequirementPlace } from "../../../../src/project/pyproject/edit/requirement-lists.ts";

const path = "/work/app/pyproject.toml";
const main = { kind: "dependencies" } as const;

async function add(text: string, typed: string, place: RequirementPlace = main, editable = false) {
  const read = parseTypedRequirement(typed, "/work/app/sub", editable);
  if (read.kind !== "requirement" || read.requirement.url === undefined) throw new Error(typed);
  return addPlaced(text, path, place, { ...read.requirement, url: read.requirement.url, absolute: false });
}

const project = (dependencies = "", more = "") =>
  `[project]\nname = "app"\ndependencies = [${dependencies}]\n${more}`;
const sources = (line: string) => `\n[tool.posy.sources]\n${line}\n`;
const hatchling = '\n[build-system]\nbuild-backend = "hatchling.build"\n';

const cases: readonly [title: string, typed: string, before: string, after: string][] = [
  [
    "a repository is written as the standard has it",
    "lib[x] @ git+https://h.example/lib@v1#subdirectory=py ; os_name == 'nt'",
    project(),
    project(`\n    "lib[x] @ git+https://h.example/lib@v1#subdirectory=py ; os_name == 'nt'",\n`),
  ],
  [
    "in the place of its versions",
    "lib @ https://h.example/lib-2.0-py3-none-any.whl",
    project('"a", "lib>=1"'),
    project('"a", "lib @ https://h.example/lib-2.0-py3-none-any.whl"'),
  ],
  [
    "a name that stands twice is written once",
    "git+https://h.example/lib#egg=lib",
    project(),
    project('\n    "lib @ git+https://h.example/lib",\n'),
  ],
  [
    "a folder gets a source, with its path from the project",
    "lib[x] @ ../../lib",
    project(),
    project('\n    "lib[x]",\n', sources('lib = { path = "../lib" }')),
  ],
  [
    "so does a file on this disk",
    "./lib-1.0-py3-none-any.whl",
    project(),
    project('\n    "lib",\n', sources('lib = { path = "sub/lib-1.0-py3-none-any.whl" }')),
  ],
  [
    "the versions that a folder is to have stay; where it was before does not",
    "lib @ ../lib",
    project('"lib>=1", "more"'),
    project('"lib>=1", "more"', sources('lib = { path = "lib" }')),
  ],
  [
    "a repository gives way to a folder",
    "lib @ ../lib",
    project('"lib[x] @ git+https://h.example/lib"'),
    project('"lib[x]"', sources('lib = { path = "lib" }')),
  ],
  [
    "what has a source gets another",
    "lib @ git+https://h.example/lib@main#subdirectory=py",
    project('"lib"', sources('lib = { path = "lib" } # here')),
    project(
      '"lib"',
      sources('lib = { git = "https://h.example/lib", rev = "main", subdirectory = "py" } # here'),
    ),
  ],
  [
    "a backend that takes no places gets a name",
    "lib @ https://h.example/a.zip#subdirectory=x",
    project("", hatchling),
    project(
      '\n    "lib",\n',
      `${hatchling}${sources('lib = { url = "https://h.example/a.zip", subdirectory = "x" }')}`,
    ),
  ],
  [
    "but for one that is told to take them",
    "lib @ git+https://h.example/lib",
    project("", `${hatchling}\n[tool.hatch.metadata]\nallow-direct-references = true\n`),
    project(
      '\n    "lib @ git+https://h.example/lib",\n',
      `${hatchling}\n[tool.hatch.metadata]\nallow-direct-references = true\n`,
    ),
  ],
];
for (const [title, typed, before, after] of cases) {
  test(`a place: ${title}`, async () => {
    assert.equal(await add(before, typed), after);
  });
}

test("a place: of a group no backend knows anything", async () => {
  const group = { kind: "group", name: "dev" } as const;
  const text = await add(project("", hatchling), "lib @ git+https://h.example/lib", group);
  assert.match(text, /\[dependency-groups\]\ndev = \[\n {4}"lib @ git\+https:\/\/h\.example\/lib",\n\]/);
});

test("a place: an editable folder", async () => {
  assert.match(await add(project(), "lib @ ../lib", main, true), /lib = \{ path = "lib", editable = true \}/);
});

test("a place: a password is not written", async () => {
  await assert.rejects(add(project(), "lib @ git+https://me:secret@h.example/lib"), (error: Error) => {
    assert.match(error.message, /`git\+https:\/\/h\.example\/lib` has a login/);
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
});
