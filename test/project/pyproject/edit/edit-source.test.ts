import assert from "node:assert/strict";
import { test } from "node:test";
import { removeSource, setSource } from "../../../../src/project/pyproject/edit/edit-source.ts";
import { parsePackageName } from "../../../../src/vocab/requirement/name.ts";

const path = "/p/pyproject.toml";
const name = parsePackageName("my.lib");
const fields = { path: "../lib", editable: true } as const;
const line = 'my-lib = { path = "../lib", editable = true }\n';

const cases: Record<string, readonly [before: string, after: string]> = {
  "a table of its own is made": [
    '[project]\nname = "x"\n',
    `[project]\nname = "x"\n\n[tool.posy.sources]\n${line}`,
  ],
  "it stands with what else Posy is told": [
    '[tool.posy]\nplatforms = ["linux-x86_64"]\n\n[tool.ruff]\n',
    `[tool.posy]\nplatforms = ["linux-x86_64"]\n\n[tool.posy.sources]\n${line}\n[tool.ruff]\n`,
  ],
  "another is put in its place": [
    '[tool.posy.sources]\n"My.Lib" = { git = "https://h/x" } # mine\na = { index = "b" }\n',
    '[tool.posy.sources]\n"My.Lib" = { path = "../lib", editable = true } # mine\na = { index = "b" }\n',
  ],
  "it joins others": [
    '[tool.posy.sources]\na = { index = "b" } # why\n',
    `[tool.posy.sources]\na = { index = "b" } # why\n${line}`,
  ],
};
for (const [title, [before, after]] of Object.entries(cases)) {
  test(`where a package comes from is written: ${title}`, async () => {
    assert.equal(await setSource(before, path, name, fields), after);
  });
}

const gone: Record<string, readonly [before: string, after: string]> = {
  "with the header that came with it": [
    '[project]\nname = "x"\n\n[tool.posy.sources]\nmy-lib = { path = "l" }\n\n[tool.ruff]\n',
    '[project]\nname = "x"\n\n[tool.ruff]\n',
  ],
  "but not what is said beside it": [
    "[tool.posy.sources] # places\nmy-lib = { path = 'l' }\n",
    "[tool.posy.sources] # places\n",
  ],
  "under headers of its own": [
    "[tool.posy.sources]\na = { index = 'b' }\n\n[tool.posy.sources.my_lib]\npath = 'l'\n\n[tool.x]\n",
    "[tool.posy.sources]\na = { index = 'b' }\n\n[tool.x]\n",
  ],
  several: [
    "[[tool.posy.sources.my-lib]]\npath = 'l'\n[[tool.posy.sources.my-lib]]\npath = 'm'\n[tool.x]\n",
    "[tool.x]\n",
  ],
  "by dotted keys": ["[tool.posy.sources]\nmy-lib.path = 'l'\nmy-lib.editable = true\n", ""],
};
for (const [title, [before, after]] of Object.entries(gone)) {
  test(`where a package comes from is taken out: ${title}`, async () => {
    assert.equal(await removeSource(before, path, name), after);
  });
}

test("a source under headers of its own gets another", async () => {
  const before = "[tool.posy.sources.my-lib]\npath = 'l'\n";
  assert.equal(await setSource(before, path, name, fields), `[tool.posy.sources]\n${line}`);
});

test("what was written is taken out again", async () => {
  const before = '[tool.posy.sources]\na = { index = "b" } # why\n';
  assert.equal(await removeSource(await setSource(before, path, name, fields), path, name), before);
  assert.equal(await removeSource(before, path, name), before);
});
