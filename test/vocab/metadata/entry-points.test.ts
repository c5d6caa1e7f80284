import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { parseEntryPoints } from "../../../src/vocab/metadata/entry-points.ts";
import { computingTime } from "../../support/computing.ts";

describe("parseEntryPoints", () => {
  test("reads groups, comments, extras, dotted names, short names, and other groups", () => {
    const { console, gui, all } = parseEntryPoints(
      `
# comment = here
; another = one
[console_scripts]
x=m:f
black-d = blackd.sub:patched_main [d, e-f]
a.b = m : Class . run
`.replace("Class . run", "Class.run"),
    );
    assert.deepEqual(console, [
      { name: "x", module: "m", attribute: "f", extras: [] },
      { name: "black-d", module: "blackd.sub", attribute: "patched_main", extras: ["d", "e-f"] },
      { name: "a.b", module: "m", attribute: "Class.run", extras: [] },
    ]);
    assert.deepEqual(gui, []);
    assert.equal(all.length, 3);
  });
  test("reads GUI scripts, Windows line ends, and a byte order mark", () => {
    const { gui, all } = parseEntryPoints(
      "\uFEFF[gui_scripts]\r\ng = m:f\r\n[pytest11]\r\np = plugin\r\nbroken\r\n",
    );
    assert.deepEqual(gui, [{ name: "g", module: "m", attribute: "f", extras: [] }]);
    assert.deepEqual(all, [
      { group: "gui_scripts", name: "g", value: "m:f" },
      { group: "pytest11", name: "p", value: "plugin" },
    ]);
  });
  test("reads a value that is indented on the next line", () => {
    assert.deepEqual(parseEntryPoints("[console_scripts]\nx =\n    m:f\ny = m:g\n").console, [
      { name: "x", module: "m", attribute: "f", extras: [] },
      { name: "y", module: "m", attribute: "g", extras: [] },
    ]);
  });
  const broken: [line: string, message: RegExp][] = [
    ["x = m", /`m`: a script is `module:function`/],
    ["x = :f", /names no module/],
    ["x = m:f [", /extras have no end/],
    ["x = m:f()", /module:function/],
    ["x = m..n:f", /names no module/],
    ["x y", /there is no `name =`/],
    [" = m:f", /there is no `name =`/],
    ["../x = m:f", /can't be a file's name/],
    ["a\\b = m:f", /can't be a file's name/],
    [".. = m:f", /can't be a file's name/],
    ["a\u0007b = m:f", /can't be a file's name/],
  ];
  for (const [line, message] of broken) {
    test(`refuses ${JSON.stringify(line)}`, () => {
      assert.throws(
        () => parseEntryPoints(`[console_scripts]\n${line}\n`),
        (error) => {
          assert.ok(error instanceof PosyError);
          assert.equal(error.code, "invalid-metadata");
          assert.match(error.message, /line 2/);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }
  test("reads a hostile file in linear time", () => {
    const started = computingTime();
    for (const text of [
      `x = ${"a.".repeat(300_000)}`,
      `x = m:f ${"[".repeat(300_000)}`,
      `x = m:f [${"a-".repeat(300_000)}]`,
    ]) {
      try {
        parseEntryPoints(`[console_scripts]\n${text}`);
      } catch (error) {
        assert.ok(error instanceof PosyError);
      }
    }
    parseEntryPoints("[".repeat(300_000) + "]".repeat(300_000));
    assert.ok(computingTime() - started < 1500);
  });
});
