import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { formatRequirement, parseRequirement } from "../../../src/vocab/requirement/requirement.ts";
import { computingTime } from "../../support/computing.ts";

describe("parseRequirement", () => {
  const table: [written: string, normalized: string][] = [
    ["numpy", "numpy"],
    [" Foo.Bar [Test, s3_x ,test] ( >= 1.0 , <2 ) ", "foo-bar[s3-x,test]<2,>=1.0"],
    ["a()", "a"],
    ["a[]", "a"],
    ["a>=1,", "a>=1"],
    ["a ==1.* ; python_version<'3'", 'a==1.*; python_version < "3"'],
    ["a;extra=='x'", 'a; extra == "x"'],
    ["a@https://host.example/a;b", "a @ https://host.example/a;b"],
    ["a[x] @ file:///a.whl ; os_name == 'nt'", 'a[x] @ file:///a.whl ; os_name == "nt"'],
    ["a===1.0;os_name=='nt'", 'a===1.0; os_name == "nt"'],
    ["3to2==1!2.0", "3to2==1!2.0"],
  ];
  for (const [written, normalized] of table) {
    test(written, () => {
      const requirement = parseRequirement(written);
      assert.equal(formatRequirement(requirement), normalized);
      assert.equal(formatRequirement(parseRequirement(normalized)), normalized);
      assert.equal(requirement.text, written.trim());
    });
  }
  test("reads the parts of a requirement", () => {
    const { name, extras, specifier, url, marker } = parseRequirement(
      "A[z,b] @ git+https://host.example/a@v1",
    );
    assert.deepEqual(
      [name, extras, specifier.text, url, marker],
      ["a", ["b", "z"], "", "git+https://host.example/a@v1", undefined],
    );
  });
});

describe("parseRequirement refuses", () => {
  const table: [text: string, at: string, reason: RegExp][] = [
    ["", "", /does not begin with a package name/],
    ["-x", "-x", /does not begin with a package name/],
    ["two words", "words", /expected a version specifier/],
    ["a_", "_", /expected a version specifier/],
    ["a >=1, <2.x", "<2.x", /is not a valid version specifier/],
    ["a >=1 <2", ">=1 <2", /is not a valid version specifier/],
    ["a ,>=1", ",>=1", /expected a version specifier/],
    ["a (>=1", "(>=1", /expected `\)`/],
    ["a >=1)", ")", /expected `;` or the end/],
    ["a[b", "[b", /expected `\]`/],
    ["a[b c]", "c]", /expected `,` or `\]`/],
    ["a[b,]", "]", /expected the name of an extra/],
    ["a @", "", /expected a URL/],
    ["a @ https://host.example/a os_name == 'nt'", "os_name", /expected `;` or the end after the URL/],
    ["a;", "", /expected a marker variable/],
    ["a ; python_versio > '3'", "python_versio", /expected a marker variable/],
    ["a ; os_name == 'a' b", "b", /expected `and`, `or` or the end/],
    ["a>=1.*", ">=1.*", /is not a valid version specifier/],
  ];
  for (const [text, at, reason] of table) {
    test(text || "nothing", () => {
      assert.throws(
        () => parseRequirement(text),
        (error) => {
          assert.ok(error instanceof PosyError && error.code === "invalid-requirement" && error.span);
          assert.match(error.message, reason);
          assert.equal(error.span.text.slice(error.span.start, error.span.end), at);
          return true;
        },
      );
    });
  }
  test("hostile texts, at once and with a short message", () => {
    const start = computingTime();
    for (const text of [
      `a${"-".repeat(1e5)}`,
      `a${"[".repeat(1e5)}`,
      `a ${">=1,".repeat(1e4)}x`,
      `a;${"(".repeat(1e5)}`,
    ]) {
      assert.throws(
        () => parseRequirement(text, { lenient: true }),
        (error) => error instanceof PosyError && error.message.length < 1000,
      );
    }
    assert.ok(computingTime() - start < 2000);
  });
});

describe("lenient", () => {
  const table: [written: string, normalized: string][] = [
    ["elasticsearch-dsl (>=7.2.0<8.0.0)", "elasticsearch-dsl<8.0.0,>=7.2.0"],
    ["jupyter-core (!=~5.0,>=4.12)", "jupyter-core!=5.0.*,>=4.12"],
    ["torch (>=1.9.*)", "torch>=1.9"],
    ["pyzmq (>=2.7,!=3.0*,!=3.1*)", "pyzmq!=3.0.*,!=3.1.*,>=2.7"],
    ["botocore>=1.3.0,<1.4.0',", "botocore<1.4.0,>=1.3.0"],
    // A digit at the end of a name is not a version.
    ["foo2>=1.*", "foo2>=1"],
    ['numpy ">=1.19"; python_version >= "3.7"', 'numpy>=1.19; python_version >= "3.7"'],
    ['\'numpy\' >=1.19"; python_version >= "3.7"', 'numpy>=1.19; python_version >= "3.7"'],
    ["a[x] >=1.* ; extra == 'y'", 'a[x]>=1; extra == "y"'],
    ["a>=1 ;", "a>=1"],
  ];
  for (const [written, normalized] of table) {
    test(`${written} means ${normalized}`, () => {
      assert.throws(() => parseRequirement(written), { code: "invalid-requirement" });
      const requirement = parseRequirement(written, { lenient: true });
      assert.equal(formatRequirement(requirement), normalized);
      assert.equal(requirement.text, written);
    });
  }
  test("reports the original error of a text that can't be repaired", () => {
    assert.throws(() => parseRequirement("'a' (>=1", { lenient: true }), /'a' \(>=1/);
  });
});
