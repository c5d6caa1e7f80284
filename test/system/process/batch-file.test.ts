import assert from "node:assert/strict";
import { test } from "node:test";
import { batchCommand, isBatchFile } from "../../../src/system/process/batch-file.ts";

const environment = { SystemRoot: "C:\\Windows" };

test("recognises batch files in any case", () => {
  for (const file of ["a.cmd", "a.BAT", "C:\\x y\\a.Cmd"]) assert.ok(isBatchFile(file));
  for (const file of ["a.exe", "cmd", "a.cmd.exe", "bat"]) assert.ok(!isBatchFile(file));
});

test("quotes arguments as Rust's standard library does", () => {
  for (const [args, line] of [
    [[], '"C:\\a b\\t.cmd"'],
    [["plain", "-x=1".slice(0, 2), "a\\b"], '"C:\\a b\\t.cmd" plain -x a\\b'],
    [[""], '"C:\\a b\\t.cmd" ""'],
    [["a b", "c\\"], '"C:\\a b\\t.cmd" "a b" "c\\\\"'],
    [['say "hi"'], '"C:\\a b\\t.cmd" "say ""hi"""'],
    [['back\\"slash'], '"C:\\a b\\t.cmd" "back\\\\""slash"'],
    [["%PATH%"], '"C:\\a b\\t.cmd" "%%cd:~,%PATH%%cd:~,%"'],
    [["a&b", "c|d", "e>f", "g^h", "(i)", "!j!"], '"C:\\a b\\t.cmd" "a&b" "c|d" "e>f" "g^h" "(i)" "!j!"'],
    [["x=y,z;"], '"C:\\a b\\t.cmd" "x=y,z;"'],
    [["日本é"], '"C:\\a b\\t.cmd" 日本é'],
  ] as const) {
    assert.deepEqual(batchCommand("C:/a b/t.cmd", args, environment), {
      file: "C:\\Windows\\System32\\cmd.exe",
      args: ["/e:ON", "/v:OFF", "/d", "/c", `"${line}"`],
    });
  }
});

test("refuses what cmd.exe cannot be told", () => {
  for (const arg of ["a\nb", "a\rb", "a\0b"]) {
    assert.throws(() => batchCommand("C:\\t.cmd", ["ok", arg], environment), {
      code: "command-not-executable",
      message: /^`C:\\t\.cmd` can't be started: the argument ".*" can't be quoted$/,
      hint: /line breaks/,
    });
  }
  assert.throws(() => batchCommand("C:\\%OS%\\t.cmd", [], environment), {
    message: /its path can't be quoted/,
  });
});
