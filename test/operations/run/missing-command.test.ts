import assert from "node:assert/strict";
import { test } from "node:test";
import { hintForMissingCommand } from "../../../src/operations/run/missing-command.ts";
import { parseProject } from "../../../src/project/pyproject/read-project.ts";

const project = await parseProject(
  `[project]
name = "app"
version = "1"
dependencies = ["flask", "sphinx-design"]
[project.optional-dependencies]
docs = ["Sphinx>=7"]
Fast-Path = ["uvloop"]
[dependency-groups]
lint = ["ruff"]
test = ["pytest"]
both = ["mypy"]
[tool.posy.envs.check]
groups = ["lint"]
[tool.posy.envs.ready]
groups = ["test"]
extras = ["fast_path"]
`,
  "/app/pyproject.toml",
);

const rows: readonly (readonly [title: string, command: string, env: string, hint: string | undefined])[] = [
  ["nothing for a command of no list", "black", "default", undefined],
  ["nothing for a command of the dependencies, which every environment has", "flask", "default", undefined],
  [
    "the environment that has the group",
    "ruff",
    "default",
    "the environment `check` has it: `posy run --env check ruff`",
  ],
  ["nothing if the environment has the group", "ruff", "check", undefined],
  ["another environment", "pytest", "check", "the environment `ready` has it: `posy run --env ready pytest`"],
  [
    "the group if no environment has it",
    "mypy",
    "default",
    "the dependency group `both` has it: `posy run --group both mypy`",
  ],
  [
    "the extra, for a command that begins with the name of its package",
    "sphinx-build",
    "default",
    "the extra `docs` has it: `posy run --extra docs sphinx-build`",
  ],
  [
    "the environment that has the extra, however it is spelt",
    "UVloop",
    "default",
    "the environment `ready` has it: `posy run --env ready UVloop`",
  ],
  ["nothing for a name that only begins like a package", "ruffian", "default", undefined],
];

for (const [title, command, env, hint] of rows) {
  test(`the hint for a missing command names ${title}`, async () => {
    assert.equal(await hintForMissingCommand(command, env, project), hint);
  });
}
