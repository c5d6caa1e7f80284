import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { findScriptBlock, ScriptBlockError } from "../../../src/project/script/script-block.ts";

const cases: readonly { title: string; script: string; toml: string | undefined }[] = [
  { title: "a script without a block", script: "print(1)\n", toml: undefined },
  { title: "a block", script: "# /// script\n# dependencies = []\n# ///\n", toml: "dependencies = []\n" },
  {
    title: "a block without a line break at its end",
    script: "# /// script\n# x = 1\n# ///",
    toml: "x = 1\n",
  },
  { title: "an empty line in a block", script: "# /// script\n#\n# x = 1\n# ///\n", toml: "\nx = 1\n" },
  { title: "an empty block", script: "# /// script\n# ///\n", toml: "" },
  {
    title: "a block after other lines",
    script: '#!/usr/bin/env python\n"""Text."""\n# /// script\n# x = 1\n# ///\n',
    toml: "x = 1\n",
  },
  { title: "a block with CRLF", script: "# /// script\r\n# x = 1\r\n# ///\r\n", toml: "x = 1\n" },
  { title: "a byte order mark", script: "\uFEFF# /// script\n# x = 1\n# ///\n", toml: "x = 1\n" },
  {
    title: "a block that ends with the last closing line of the comment",
    script: '# /// script\n# x = """\n# ///\n# """\n# ///\n',
    toml: 'x = """\n///\n"""\n',
  },
  {
    title: "a block of another type before it",
    script: "# /// other\n# y = 2\n# ///\n\n# /// script\n# x = 1\n# ///\n",
    toml: "x = 1\n",
  },
  {
    title: "a script block inside a block of another type",
    script: "# /// other\n# /// script\n# x = 1\n# ///\n",
    toml: undefined,
  },
  {
    title: "an opening line with a space at its end",
    script: "# /// script \n# x = 1\n# ///\n",
    toml: undefined,
  },
  { title: "an indented block", script: "if x:\n    # /// script\n    # ///\n", toml: undefined },
];

describe("findScriptBlock", () => {
  for (const { title, script, toml } of cases) {
    test(`reads ${title}`, () => {
      assert.equal(findScriptBlock(script)?.toml, toml);
    });
  }

  const broken: readonly [title: string, script: string, line: number, reason: RegExp][] = [
    ["a block without a closing line", "x = 1\n# /// script\n# x = 1\nprint()\n", 2, /not closed/],
    ["a block that a line without `#` ends", "# /// script\n# x = 1\n\n# ///\n", 1, /not closed/],
    ["a second block", "# /// script\n# x = 1\n# ///\n\n# /// script\n# ///\n", 5, /second script block/],
  ];
  for (const [title, script, line, reason] of broken) {
    test(`refuses ${title}, and names its line`, () => {
      assert.throws(
        () => findScriptBlock(script),
        (error) => error instanceof ScriptBlockError && error.line === line && reason.test(error.message),
      );
    });
  }

  // The regular expression of PEP 723 itself. It does not match an empty block.
  const canonical = /^# \/\/\/ ([a-zA-Z0-9-]+)$\s((?:^#(?:| .*)$\s)+)^# \/\/\/$/gm;
  const line = fc.constantFrom("# /// script", "# /// other", "# ///", "# x = 1", "#", "#x", "", "print()");
  test("finds what the regular expression of PEP 723 finds", () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 9 }), (lines) => {
        const script = `${lines.join("\n")}\n`;
        const blocks = [...script.matchAll(canonical)].filter(([, type]) => type === "script");
        let found: string | undefined;
        try {
          found = findScriptBlock(script)?.toml;
        } catch {
          // A block that is not closed is no block for the expression. Here it is an error.
          return;
        }
        if (found === "") return;
        const expected = blocks.map(([, , content = ""]) =>
          content
            .split("\n")
            .slice(0, -1)
            .map((each) => `${each.slice(2)}\n`)
            .join(""),
        );
        assert.deepEqual(found === undefined ? [] : [found], expected);
      }),
      { numRuns: 3000 },
    );
  });
});
