import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { wordsWith } from "../../../../src/operations/run/words-with.ts";
import { splitCommand, wordOf } from "../../../../src/project/pyproject/commands/command-words.ts";
import { describeCommand } from "../../../../src/project/pyproject/commands/describe-command.ts";
import { parseProject } from "../../../../src/project/pyproject/read-project.ts";

describe("splitCommand splits in the same way on every platform:", () => {
  const lines: readonly [line: string, words: readonly string[]][] = [
    ["pytest -q", ["pytest", "-q"]],
    ["  a\t b ", ["a", "b"]],
    ["a 'b c' \"d e\"f ''", ["a", "b c", "d ef", ""]],
    [String.raw`a "b\"c\\d\e" 'f\g'`, ["a", String.raw`b"c\d\e`, String.raw`f\g`]],
    [String.raw`src\tool.py a\ b`, [String.raw`src\tool.py`, "a b"]],
    ["echo '&&' $HOME *.py ~", ["echo", "&&", "$HOME", "*.py", "~"]],
    ["pip install a>=1", ["pip", "install", "a>=1"]],
  ];
  for (const [line, words] of lines) {
    test(line, () => assert.deepEqual(wordsWith(splitCommand(line), []), words));
  }
  for (const sign of ["&&", "||", "|", ";", ">", "2>&1", "<", "&"]) {
    test(`\`${sign}\` is refused: it would need a shell`, () => {
      assert.throws(() => splitCommand(`a ${sign} b`), /would need a shell/);
    });
  }
  test("a quotation mark that is not closed is refused", () => {
    assert.throws(() => splitCommand("a 'b"), /not closed/);
  });
});

describe("wordsWith inserts typed arguments:", () => {
  const filled: readonly [line: string, typed: readonly string[], words: readonly string[]][] = [
    ["a b", ["c d"], ["a", "b", "c d"]],
    ["a {args} b", ["c", "d"], ["a", "c", "d", "b"]],
    ["a {args} b", [], ["a", "b"]],
    ["a {args:x 'y z'} b", [], ["a", "x", "y z", "b"]],
    ["a {args:x} b", ["c"], ["a", "c", "b"]],
    ["a --port={args:8080}", [], ["a", "--port=8080"]],
    ["a --port={args:8080}", ["9"], ["a", "--port=9"]],
    ["a x{args}y", ["b", "c"], ["a", "xb cy"]],
    ["a {args}", ["b c"], ["a", "b c"]],
    ["a '{args}'", ["b", "c"], ["a", "b c"]],
    ["a '{args}'", [], ["a", ""]],
    [`sh -c 'a {args:b c} | d' "{args:e}"`, [], ["sh", "-c", "a b c | d", "e"]],
    ["sh -c 'a {args:b} | d'", ["x"], ["sh", "-c", "a x | d"]],
    [String.raw`a \{args} '\{args:b}'`, ["c"], ["a", "{args}", "{args:b}", "c"]],
    ["a {argsx} {args", ["c"], ["a", "{argsx}", "{args", "c"]],
  ];
  for (const [line, typed, words] of filled) {
    test(`${line} with ${typed.join(" ") || "nothing"}`, () => {
      assert.deepEqual(wordsWith(splitCommand(line), typed), words);
    });
  }
});

test("a word of a list of words has placeholders, too, and nothing else is split", () => {
  const words = ["a b", "--x={args:1}", "{args}", String.raw`\{args}`].map(wordOf);
  assert.deepEqual(wordsWith(words, []), ["a b", "--x=1", "{args}"]);
  assert.deepEqual(wordsWith(words, ["2", "3"]), ["a b", "--x=2 3", "2", "3", "{args}"]);
});

const commandsOf = async (text: string) =>
  (await parseProject(`[tool.posy.envs.docs]\n[tool.posy.commands]\n${text}`, "/p/pyproject.toml")).commands;

test("parseProject reads all keys of a command", async () => {
  const command = (
    await commandsOf(
      'a = "x"\nb = { run = ["y", "z z"], env = "docs", cwd = "sub", variables = { V = "1" }, env-file = ".env", depends-on = ["a"], python = ["3.12", "3.13"], description = "what" }\n',
    )
  ).get("b");
  assert.deepEqual(command, {
    name: "b",
    description: "what",
    line: 4,
    action: {
      kind: "run",
      words: [
        { kind: "text", text: "y" },
        { kind: "text", text: "z z" },
      ],
    },
    env: "docs",
    cwd: "/p/sub",
    variables: new Map([["V", "1"]]),
    envFiles: [
      { path: "/p/.env", optional: false, origin: "`tool.posy.commands.b.env-file` in `pyproject.toml:4`" },
    ],
    dependsOn: ["a"],
    parallel: false,
    pythons: ["3.12", "3.13"].map((value) => ({ value, line: 4 })),
    matrix: true,
  });
});

test("a file of variables may be optional, alone or in a list", async () => {
  const command = (
    await commandsOf('a = { run = "x", env-file = [{ path = ".env", optional = true }, "b.env"] }\n')
  ).get("a");
  assert.deepEqual(
    command?.envFiles.map(({ path, optional }) => [path, optional]),
    [
      ["/p/.env", true],
      ["/p/b.env", false],
    ],
  );
  for (const wrong of ["{ optional = true }", '{ path = ".env", optonal = true }', "1"]) {
    await assert.rejects(commandsOf(`a = { run = "x", env-file = ${wrong} }\n`), /env-file/);
  }
});

test("a command is described by its description, or else by what it runs", async () => {
  const commands = await commandsOf(
    'test = { run = "pytest", description = "Run the tests" }\n' +
      'port = "serve --port={args:80} {args}"\n' +
      `say = "sh -c 'a {args}'"\nall = { all = ["ruff check .", "test -x"] }\nboth = { depends-on = ["all", "say"] }\n`,
  );
  assert.deepEqual([...commands.values()].map(describeCommand), [
    "Run the tests",
    "serve --port={args} {args}",
    "sh -c 'a {args}'",
    "ruff check .; test -x",
    "all; say",
  ]);
});

test("a step is another command if it has its name, else a program", async () => {
  const commands = await commandsOf(
    'test = "pytest"\nruff = { all = ["ruff check", "test -x", { run = "test", cwd = "a" }], parallel = true }\n',
  );
  const action = commands.get("ruff")?.action;
  assert.ok(action?.kind === "all");
  assert.deepEqual(
    action.steps.map((step) => step.action.kind),
    ["run", "command", "command"],
  );
  assert.equal(commands.get("test")?.action.kind, "run");
});
