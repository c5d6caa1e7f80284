import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { commandReference } from "../../scripts/reference/command-reference.ts";
import { wrapText } from "../../scripts/reference/wrap-text.ts";

describe("the reference page of commands", () => {
  test("matches the program's help (`npm run reference` updates it)", () => {
    assert.equal(readFileSync("docs/reference/commands.md", "utf8"), commandReference());
  });

  test("describes commands and subcommands with their options and examples", () => {
    const page = commandReference();
    assert.match(page, /^## posy python pin$/m);
    assert.match(page, /^- `--global`: /m);
    assert.match(page, /^ {4}posy python pin 3\.13$/m);
  });

  test("describes shared options once, and lists those that a command lacks", () => {
    const page = commandReference();
    assert.equal(page.match(/^- `--offline`: /gm)?.length, 1);
    assert.match(
      page.slice(page.indexOf("## posy lock")),
      /\[Python\]\(#python\) without\s`-p, --python <request>`/,
    );
  });
});

test("wraps text at 120 columns, and indents the following lines", () => {
  const lines = wrapText("word ".repeat(60).trim(), "  ").split("\n");
  assert.deepEqual(
    lines.map((line) => line.length),
    [119, 116, 66],
  );
});
