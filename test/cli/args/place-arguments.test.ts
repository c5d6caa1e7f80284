import assert from "node:assert/strict";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import { makeProgram } from "../../../src/cli/args/make-program.ts";
import {
  commandGroups,
  inOrder,
  placeArguments,
  readGlobalOptions,
} from "../../../src/cli/args/place-arguments.ts";

const words = (text: string) => text.split(" ").filter((word) => word !== "");

/** The typed command line → the command line as the parser reads it, and the folder. */
const lines: readonly (readonly [typed: string, ordered: string, folder?: string])[] = [
  ["", ""],
  ["-v", "-v"],
  ["-v run python -v", "run -v python -v"],
  ["-vq --color never --project p --offline add numpy", "add -vq --color never --project p --offline numpy"],
  ["--color=never --project=p tree", "tree --color=never --project=p"],
  ["-v python -q list --json", "python list -v -q --json"],
  ["python list -v", "python list -v"],
  ["cache --color never size", "cache size --color never"],
  ["-q python", "python -q"],
  ["-C a tree", "tree", "a"],
  ["-Ca tree", "tree", "a"],
  ["--directory= tree", "tree", "."],
  ["-vC a tree", "tree -v", "a"],
  ["--directory a --directory=b tree", "tree", "a/b"],
  ["tree -C a", "tree -C a"],
  ["-C a run -C b -v python -C c", "run -v python -C c", "a/b"],
  ["run --directory=a -- python -C c", "run -- python -C c", "a"],
  ["run -qC a -m build -C c", "run -q -m build -C c", "a"],
  ["run --with -C python", "run --with -C python"],
  ["run -C a=b python", "run -C a=b python"],
  ["run -C ./a=b python", "run python", "a=b"],
  ["lock -C a --check", "lock --check", "a"],
  ["--nosuch run", "--nosuch run"],
  ["-v --help run", "-v --help run"],
  ["--color", "--color"],
  ["-- run", "-- run"],
];

describe("placeArguments", () => {
  for (const [typed, ordered, folder] of lines) {
    test(`reads posy ${typed}`, () => {
      const placed = placeArguments(words(typed));
      assert.deepEqual(inOrder(placed), words(ordered));
      assert.equal(placed.folder, folder === undefined ? undefined : resolve(folder));
    });
  }

  test("keeps the global options of a project's command apart from its arguments", () => {
    const placed = placeArguments(words("-v check -v x"));
    assert.deepEqual(placed, { globals: ["-v"], words: ["check"], rest: ["-v", "x"], folder: undefined });
  });
});

test("readGlobalOptions reads flags in clusters, and the last value of an option", () => {
  assert.deepEqual(readGlobalOptions(words("-qv --color=always --color never --project a --offline")), {
    verbose: true,
    quiet: true,
    offline: true,
    color: "never",
    project: "a",
  });
  assert.deepEqual(readGlobalOptions([]), {});
});

test("commandGroups lists the commands of the parser that have subcommands", () => {
  const { program } = makeProgram(undefined, [...commandGroups], () => assert.fail("nothing is run"));
  const groups = program.commands.filter((command) => command.commands.length > 0);
  assert.deepEqual(groups.map((command) => command.name()).sort(), [...commandGroups].sort());
});
