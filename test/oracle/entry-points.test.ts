import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PosyError } from "../../src/errors/posy-error.ts";
import { parseEntryPoints } from "../../src/vocab/metadata/entry-points.ts";
import { askPython } from "../support/oracle.ts";

const script = `
import json, sys
from importlib.metadata import EntryPoint, EntryPoints
def read(text):
    try: points = EntryPoints._from_text(text)
    except TypeError: return None
    def parts(p):
        m = p.pattern.match(p.value)
        return m and [m.group("module"), m.group("attr") or "", p.extras]
    return [[p.group, p.name, p.value, parts(p)] for p in points]
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`;

const lines = [
  "[console_scripts]",
  "[gui_scripts]",
  "[pytest11]",
  "[ spaced ]",
  "[[double]]",
  "# a comment = here",
  "",
  "   ",
  "x=m:f",
  "x = m:f",
  "  black-d = blackd:patched_main [d]",
  "name.with.dots = a.b.c:Class.method",
  "two = a:b [x, y-z]",
  "spaces = a . b : c",
  "tail = a : b   [x]  ",
  "no_function = a.b",
  "many = a=b:c",
  "strange = a:b[x]y",
  "bang! = a:b#c",
];
const texts = fc.sample(
  fc
    .array(fc.constantFrom(...lines.slice(0, -5), ...lines.slice(0, -5), ...lines), { maxLength: 10 })
    .map((parts) => parts.join("\n")),
  { numRuns: 5000, seed: 1 },
);

/** Where Posy differs, and why. */
const differences: { reason: string; applies: (value: string) => boolean }[] = [
  {
    reason: "`importlib.metadata` takes a value without a function for a script and fails when it is run",
    applies: (value) => !value.includes(":"),
  },
];

describe("entry points compared with `importlib.metadata`", async () => {
  type Answer = [group: string, name: string, value: string, parts: [string, string, string[]] | null][];
  const answers = await askPython<Answer[]>(script, texts);

  test("reads every file the same", () => {
    let scripts = 0;
    for (const [index, text] of texts.entries()) {
      const theirs = answers[index] ?? [];
      const wrong = theirs.filter(([group, , value, parts]) => {
        if (group !== "console_scripts" && group !== "gui_scripts") return false;
        return parts === null || differences.some(({ applies }) => applies(value));
      });
      if (wrong.length > 0) {
        assert.throws(() => parseEntryPoints(text), PosyError, text);
        continue;
      }
      const ours = parseEntryPoints(text);
      assert.deepEqual(
        ours.all.map(({ group, name, value }) => [group, name, value]),
        theirs.map(([group, name, value]) => [group, name, value]),
        text,
      );
      for (const [group, found] of [
        ["console_scripts", ours.console],
        ["gui_scripts", ours.gui],
      ] as const) {
        const expected = theirs.filter((each) => each[0] === group);
        scripts += expected.length;
        assert.deepEqual(
          found.map(({ name, module, attribute, extras }) => [name, module, attribute, extras.join("-")]),
          // Python 3.11 truncates an extra at its dash.
          expected.map(([, name, , parts]) => [name, parts?.[0], parts?.[1], parts?.[2].join("-")]),
          text,
        );
      }
    }
    assert.ok(scripts > 1000);
  });
});
