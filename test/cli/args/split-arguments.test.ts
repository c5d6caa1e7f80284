import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeProgram } from "../../../src/cli/args/make-program.ts";
import { splitRunArguments, valuedOptions } from "../../../src/cli/args/split-arguments.ts";

const lines: readonly (readonly [typed: string, own: string, command: string])[] = [
  ["", "", ""],
  ["python -c pass", "", "python -c pass"],
  ["--with a python", "--with a", "python"],
  ["--with=a python", "--with=a", "python"],
  ["--with a -- python", "--with a", "python"],
  ["--with -- -- python", "--with --", "python"],
  ["-w a -v black --version", "-w a -v", "black --version"],
  ["-wa black", "-wa", "black"],
  ["-vw a black", "-v -w a", "black"],
  ["-qvs black -qs", "-q -v -s", "black -qs"],
  ["-vrfile -vv -s black", "-v -rfile -v -v -s", "black"],
  ["-qr -vs black", "-q -r -vs", "black"],
  ["--with -vs -vs black", "--with -vs -v -s", "black"],
  ["-wqs --quiet black", "-wqs --quiet", "black"],
  ["-q - x", "-q", "- x"],
  ["-m pytest -x --with b", "", "python -m pytest -x --with b"],
  ["--with a -m pytest", "--with a", "python -m pytest"],
  ["--module=pytest -x", "", "python -m pytest -x"],
  ["-m", "-m", ""],
  ["--with a", "--with a", ""],
  ["--", "", ""],
  ["-- -m x", "", "-m x"],
  ["-- -- x", "", "-- x"],
  ["--wth a", "--wth", "a"],
  ["--no-index -f dir tool -f other", "--no-index -f dir", "tool -f other"],
];

describe("splitRunArguments", () => {
  const words = (text: string) => text.split(" ").filter((word) => word !== "");
  for (const [typed, own, command] of lines) {
    test(`splits posy run ${typed}`, () => {
      const { named: _, ...split } = splitRunArguments(words(typed));
      assert.deepEqual(split, { own: words(own), command: words(command) });
    });
  }
  test("returns whether the first word may name a command of the project", () => {
    const named = ["test", "--with a test", "-m test", "-- test", "--module=test", "", "--with a"].map(
      (typed) => splitRunArguments(words(typed)).named,
    );
    assert.deepEqual(named.map(Boolean), [true, true, false, false, false, false, false]);
  });
});

test("valuedOptions lists the options of the parser that take a value", () => {
  const { program } = makeProgram(undefined, ["run"], () => assert.fail("nothing is run"));
  const run = program.commands.find((command) => command.name() === "run");
  const valued = (run?.options ?? [])
    .filter((option) => option.required && option.long !== "--module")
    .flatMap(({ short, long }) => [short, long].filter((name) => name !== undefined));
  assert.deepEqual([...valuedOptions].sort(), valued.sort());
});
