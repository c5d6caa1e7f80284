import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { parseManifest } from "../../../src/project/script/manifest.ts";
import { manifestOfScript } from "../../../src/project/script/script-manifest.ts";

const path = "/s/a.py";

function parse(lines: readonly string[]) {
  const script = ["#!/usr/bin/env python", "# /// script", ...lines.map((line) => `# ${line}`), "# ///"];
  return parseManifest(manifestOfScript(`${script.join("\n")}\n`, path) ?? "", path);
}

describe("the block of a script", () => {
  test("has dependencies, Pythons and settings, each with its line", async () => {
    const project = await parse([
      'requires-python = ">=3.11"',
      'dependencies = ["six"]',
      "[tool.posy]",
      'exclude-newer = "2025-01-01"',
      "[tool.uv]",
      'sources = { six = { path = "../six" } }',
    ]);
    assert.equal(project.requiresPython?.value.text, ">=3.11");
    assert.equal(project.requiresPython?.line, 3);
    assert.deepEqual(
      project.dependencies.map(({ value, line }) => [value.name, line]),
      [["six", 4]],
    );
    assert.equal(project.settings.excludeNewer, "2025-01-01");
    assert.equal([...project.settings.sources.keys()].join(), "six");
    assert.deepEqual([...project.envs.keys()], ["default"]);
    assert.equal(project.isPackage, false);
    assert.deepEqual(project.warnings, []);
  });

  const warned: readonly [title: string, lines: readonly string[], warning: RegExp][] = [
    [
      "a key that PEP 723 does not know",
      ['name = "x"'],
      /a key `name`, which PEP 723 does not know: ignored/,
    ],
    ["a table that PEP 723 does not know", ["[other]"], /a key `other`/],
    [
      "commands",
      ["[tool.posy.commands]", 'x = "y"'],
      /`tool\.posy\.commands` in `\/s\/a\.py` is for projects/,
    ],
  ];
  for (const [title, lines, warning] of warned) {
    test(`warns of ${title}`, async () => {
      const { warnings } = await parse(lines);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? "", warning);
    });
  }

  const refused: readonly [title: string, lines: readonly string[], message: RegExp][] = [
    ["TOML that is not valid", ["x = "], /`\/s\/a\.py`, line 3, is not TOML/],
    [
      "a requirement that is not valid",
      ["dependencies = [", '  "a b",', "]"],
      /^`dependencies\[0\]` in `\/s\/a\.py`, line 4,/,
    ],
    [
      "Pythons that are not valid",
      ['requires-python = "three"'],
      /^`requires-python` in `\/s\/a\.py`, line 3,/,
    ],
    ["an unknown setting", ["[tool.posy]", "wrong = 1"], /`tool\.posy\.wrong` in `\/s\/a\.py`, line 4,/],
  ];
  for (const [title, lines, message] of refused) {
    test(`refuses ${title}, and names the line of the script`, async () => {
      await assert.rejects(
        parse(lines),
        (error) => error instanceof PosyError && message.test(error.message),
      );
    });
  }
});
