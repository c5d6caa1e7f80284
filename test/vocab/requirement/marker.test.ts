import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { evaluateMarker, formatMarker, markerVariablesOf } from "../../../src/vocab/requirement/marker.ts";
import type { MarkerEnvironment } from "../../../src/vocab/requirement/marker-environment.ts";
import { parseMarker } from "../../../src/vocab/requirement/parse-marker.ts";

const environment: MarkerEnvironment = {
  implementation_name: "cpython",
  implementation_version: "3.13.0",
  os_name: "posix",
  platform_machine: "x86_64",
  platform_python_implementation: "CPython",
  platform_release: "5.10.0-28-amd64",
  platform_system: "Linux",
  platform_version: "#1 SMP",
  python_full_version: "3.13.0+",
  python_version: "3.13",
  sys_platform: "linux",
};
const holds = (text: string, extras: string[] = [], groups: string[] = []) =>
  evaluateMarker(parseMarker(text), environment, new Set(extras), new Set(groups));

describe("evaluateMarker", () => {
  const yes = [
    "python_version < '3.14'",
    "python_version >= '3.9'",
    "'3.9' < python_version",
    "python_version == '3.*'",
    "python_version in '2.7 3.13'",
    "python_version not in '2.7, 3.8'",
    // A Python built from a working copy.
    "python_full_version >= '3.13.0'",
    "python_full_version == '3.13.0'",
    "python_full_version < '3.13.1'",
    "sys.platform == 'linux' and os.name == 'posix'",
    "platform.python_implementation == 'CPython' and python_implementation == 'CPython'",
    "os_name == 'nt' or sys_platform == 'linux'",
    "os_name == 'nt' and os_name == 'x' or sys_platform == 'linux'",
    "'linux' in sys_platform",
    // Texts have no order: `<=` and `>=` are `==`.
    "sys_platform >= 'linux'",
    "implementation_name == platform_python_implementation or implementation_name != platform_python_implementation",
  ];
  const no = [
    "python_version < '3.9'",
    "python_version > '3.13'",
    "os_name == 'nt' and (os_name == 'x' or sys_platform == 'linux')",
    "sys_platform < 'z'",
    // The kernel's name is no version, so no comparison with one holds.
    "platform_release >= '5'",
    "platform_release != '5'",
    "sys_platform ~= 'linux'",
    "python_version ~= '3'",
  ];
  for (const text of yes) test(text, () => assert.ok(holds(text)));
  for (const text of no) test(`not ${text}`, () => assert.ok(!holds(text)));

  test("compares `extra` with the requested extras", () => {
    assert.ok(holds("extra == 'Foo_Bar'", ["foo-bar"]));
    assert.ok(holds("'foo.bar' == extra", ["foo-bar"]));
    assert.ok(!holds("extra == 'test'"));
    assert.ok(holds("extra != 'test'"));
    assert.ok(holds("extra == 'a' and extra == 'b'", ["a", "b"]));
    assert.ok(!holds("extra != 'a'", ["a", "b"]));
  });
  test("compares `extras` and `dependency_groups` (PEP 751)", () => {
    assert.ok(holds("'Foo_Bar' in extras", ["foo-bar"]));
    assert.ok(!holds("'foo' in extras", ["foo-bar"]), "a set, not a text");
    assert.ok(holds("'dev' not in dependency_groups", ["dev"]));
    assert.ok(holds("'dev' in dependency_groups", [], ["dev"]));
  });
});

describe("formatMarker", () => {
  const table: [written: string, text: string][] = [
    ["python_version<'3'", 'python_version < "3"'],
    ["(os.name=='a')", 'os_name == "a"'],
    [
      "os_name == 'a' and (os_name == 'b' or os_name == 'c')",
      'os_name == "a" and (os_name == "b" or os_name == "c")',
    ],
    [
      "os_name == 'a' or (os_name == 'b' and os_name == 'c')",
      'os_name == "a" or os_name == "b" and os_name == "c"',
    ],
    [
      "(os_name == 'a' or os_name == 'b') or os_name == 'c'",
      '(os_name == "a" or os_name == "b") or os_name == "c"',
    ],
    [`os_name == 'a"b'`, `os_name == 'a"b'`],
    ["extra == 'Foo_Bar'", 'extra == "foo-bar"'],
    ["'x' not \t in extras", '"x" not in extras'],
  ];
  for (const [written, text] of table) {
    test(written, () => {
      assert.equal(formatMarker(parseMarker(written)), text);
      assert.deepEqual(parseMarker(text), parseMarker(written));
    });
  }
});

describe("parseMarker refuses", () => {
  const table: [text: string, at: string, reason: RegExp][] = [
    ["", "", /expected a marker variable/],
    ["python_versio < '3'", "python_versio", /expected a marker variable/],
    ["python_version << '3'", "<", /expected a marker variable/],
    ["python_version '3'", "'3'", /expected a comparison/],
    ["python_version < 3", "3", /expected a marker variable or a quoted text/],
    ["python_version < '3", "'3", /quoted text/],
    ["os_name == 'a' os_name == 'b'", "os_name", /expected `and`, `or`/],
    ["os_name == 'a' and", "", /expected a marker variable/],
    ["os_name == 'a' AND os_name == 'b'", "AND", /expected `and`/],
    ["(os_name == 'a'", "(os_name == 'a'", /expected `\)`/],
    ["os_name == 'a')", ")", /expected `and`/],
    ["'a' == 'b'", "'a' == 'b'", /a variable on one side/],
    ["extras == 'a'", "extras == 'a'", /goes on the right/],
    ["'a' == extras", "'a' == extras", /`in` and `not in` only/],
    ["os_name in extras", "os_name in extras", /quoted text before/],
    ["os_name notin 'a'", "notin", /expected a comparison/],
  ];
  for (const [text, at, reason] of table) {
    test(text || "nothing", () => {
      assert.throws(
        () => parseMarker(text),
        (error) => {
          assert.ok(error instanceof PosyError && error.code === "invalid-marker" && error.span);
          assert.match(error.message, reason);
          assert.equal(error.span.text.slice(error.span.start, error.span.end), at);
          return true;
        },
      );
    });
  }
  test("parentheses that are nested too deep", () => {
    const nested = (depth: number) => `${"(".repeat(depth)}os_name == 'a'${")".repeat(depth)}`;
    assert.doesNotThrow(() => parseMarker(nested(64)));
    assert.throws(() => parseMarker(nested(100_000)), { code: "invalid-marker" });
  });
});

test("markerVariablesOf returns all variables of a marker", () => {
  const marker = parseMarker("os_name == 'a' and ('x' in extras or python_version > '3')");
  assert.deepEqual([...markerVariablesOf(marker)], ["os_name", "extras", "python_version"]);
});
