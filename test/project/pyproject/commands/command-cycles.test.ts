import assert from "node:assert/strict";
import { test } from "node:test";
import { parseProject } from "../../../../src/project/pyproject/read-project.ts";

const commands = (lines: readonly string[]) =>
  parseProject(`[tool.posy.commands]\n${lines.join("\n")}\n`, "/p/pyproject.toml");

test("commands that depend on each other are rejected with the whole cycle", async () => {
  await assert.rejects(
    commands([
      'a = { depends-on = ["b"], run = "x" }',
      'b = { depends-on = ["c"], run = "x" }',
      'c = { depends-on = ["b"], run = "x" }',
    ]),
    /waits for itself: b → c → b/,
  );
});

test("each command is visited once, even if each names the next twice", async () => {
  const lines = Array.from({ length: 60 }, (_, at) => `c${at} = { all = ["c${at + 1}", "c${at + 1}"] }`);
  const { commands: read } = await commands([...lines, 'c60 = "x"']);
  assert.equal(read.size, 61);
});

test("commands may depend on each other to any depth", async () => {
  const lines = Array.from(
    { length: 3000 },
    (_, at) => `c${at} = { depends-on = ["c${at + 1}"], run = "x" }`,
  );
  const { commands: read } = await commands([...lines, 'c3000 = "x"']);
  assert.equal(read.size, 3001);
});
