import assert from "node:assert/strict";
import { test } from "node:test";
import { removeSource, setSource } from "../../../../src/project/pyproject/edit/edit-source.ts";
import { parsePackageName } from "../../../../src/vocab/requirement/name.ts";

const path = "/p/pyproject.toml";
const name = parsePackageName("my.lib");
const fields = { path: "../lib", editable: true } as const;
const line = 'my-lib = { path = "../lib", editable = true }\n';

const cases: Record<string, readonly [before: string, after: string]> = {
  "in a new table": ['[project]\nname = "x"\n', `[project]\nname = "x"\n\n[tool.posy.sources]\n${line}`],
  "next to other tables of `[tool.posy]`": [
    '[tool.posy]\nplatforms = ["linux-x86_64"]\n\n[tool.ruff]\n',
    `[tool.posy]\nplatforms = ["linux-x86_64"]\n\n[tool.posy.sources]\n${line}\n[tool.ruff]\n`,
  ],
  "in place of another source": [
    '[tool.posy.sources]\n"My.Lib" = { git = "https://h/x" } # mine\na = { index = "b" }\n',
    '[tool.posy.sources]\n"My.Lib" = { path = "../lib", editable = true } # mine\na = { index = "b" }\n',
  ],
  "with the indentation of other sources": [
    '[tool.posy.sources]\n  a = { index = "b" }\n',
    `[tool.posy.sources]\n  a = { index = "b" }\n  ${line}`,
  ],
  "in a new table with the indentation of other tables": [
    "[tool.posy]\n  venv = true\n\n  [tool.posy.commands]\n    a = 'b'\n",
    `[tool.posy]\n  venv = true\n\n  [tool.posy.commands]\n    a = 'b'\n\n  [tool.posy.sources]\n    ${line}`,
  ],
  "after other sources": [
    '[tool.posy.sources]\na = { index = "b" } # why\n',
    `[tool.posy.sources]\na = { index = "b" } # why\n${line}`,
  ],
};
for (const [title, [before, after]] of Object.entries(cases)) {
  test(`setSource writes a source ${title}`, async () => {
    assert.equal(await setSource(before, path, name, fields), after);
  });
}

const gone: Record<string, readonly [before: string, after: string]> = {
  "and the header if it is the only entry": [
    '[project]\nname = "x"\n\n[tool.posy.sources]\nmy-lib = { path = "l" }\n\n[tool.ruff]\n',
    '[project]\nname = "x"\n\n[tool.ruff]\n',
  ],
  "and keeps a comment on the header": [
    "[tool.posy.sources] # where from\nmy-lib = { path = 'l' }\n",
    "[tool.posy.sources] # where from\n",
  ],
  "with a separate header": [
    "[tool.posy.sources]\na = { index = 'b' }\n\n[tool.posy.sources.my_lib]\npath = 'l'\n\n[tool.x]\n",
    "[tool.posy.sources]\na = { index = 'b' }\n\n[tool.x]\n",
  ],
  "that is a list of tables": [
    "[[tool.posy.sources.my-lib]]\npath = 'l'\n[[tool.posy.sources.my-lib]]\npath = 'm'\n[tool.x]\n",
    "[tool.x]\n",
  ],
  "with dotted keys": ["[tool.posy.sources]\nmy-lib.path = 'l'\nmy-lib.editable = true\n", ""],
};
for (const [title, [before, after]] of Object.entries(gone)) {
  test(`removeSource removes a source ${title}`, async () => {
    assert.equal(await removeSource(before, path, name), after);
  });
}

test("setSource replaces a source with a separate header", async () => {
  const before = "[tool.posy.sources.my-lib]\npath = 'l'\n";
  assert.equal(await setSource(before, path, name, fields), `[tool.posy.sources]\n${line}`);
});

test("removeSource undoes setSource", async () => {
  const before = '[tool.posy.sources]\na = { index = "b" } # why\n';
  assert.equal(await removeSource(await setSource(before, path, name, fields), path, name), before);
  assert.equal(await removeSource(before, path, name), before);
});
