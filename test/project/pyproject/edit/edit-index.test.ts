import assert from "node:assert/strict";
import { test } from "node:test";
import { addIndex } from "../../../../src/project/pyproject/edit/edit-index.ts";

const index = { name: "corp", url: "https://h.example/simple" };
const written = '[[tool.posy.indexes]]\nname = "corp"\nurl = "https://h.example/simple"\n';

const cases: Record<string, readonly [before: string, after: string]> = {
  "at the end of a file without indexes": ['[project]\nname = "x"\n', `[project]\nname = "x"\n\n${written}`],
  "into an empty file": ["", written],
  "before other indexes and their comments": [
    '[tool.posy]\nvenv = true\n\n# ours\n[[tool.posy.indexes]]\nurl = "u"\n\n[tool.ruff]\n',
    `[tool.posy]\nvenv = true\n\n${written}\n# ours\n[[tool.posy.indexes]]\nurl = "u"\n\n[tool.ruff]\n`,
  ],
  "with the indentation of other indexes": [
    '[tool.posy]\n  [[tool.posy.indexes]]\n    url = "u"\n',
    '[tool.posy]\n  [[tool.posy.indexes]]\n    name = "corp"\n    url = "https://h.example/simple"\n\n  [[tool.posy.indexes]]\n    url = "u"\n',
  ],
  "into a list": [
    '[tool.posy]\nindexes = [{ url = "u" }]\n',
    '[tool.posy]\nindexes = [{ name = "corp", url = "https://h.example/simple" }, { url = "u" }]\n',
  ],
  "into an inline table": [
    "[tool]\nposy = { venv = true }\n",
    '[tool]\nposy = { venv = true, indexes = [{ name = "corp", url = "https://h.example/simple" }] }\n',
  ],
};
for (const [title, [before, after]] of Object.entries(cases)) {
  test(`addIndex writes an index ${title}`, async () => {
    assert.equal(await addIndex(before, "/p/pyproject.toml", index), after);
  });
}
