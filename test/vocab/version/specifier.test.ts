import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PosyError } from "../../../src/errors/posy-error.ts";
import {
  anyVersion,
  formatSpecifierSet,
  namesPrerelease,
  parseSpecifierSet,
  satisfies,
} from "../../../src/vocab/version/specifier.ts";
import { parseVersion } from "../../../src/vocab/version/version.ts";
import { neighbouringVersionTexts, releaseTexts } from "../../support/version-texts.ts";

const matches = (specifier: string, version: string) =>
  satisfies(parseSpecifierSet(specifier), parseVersion(version));

describe("satisfies", () => {
  const table: [specifier: string, yes: string, no: string][] = [
    // Post-releases in bounds: `<` and `>` treat them differently from other versions.
    ["<2.0.post1", "2.0 2.0.post0 2.0rc1", "2.0.post1 2.0.post1.dev0 2.0.post2"],
    [">1.0.post1", "1.0.post2.dev0 1.0.post2 1.1", "1.0.post1 1.0.post1+local 1.0"],
    ["<=1.0.post1", "1.0.post1 1.0.post1+local 1.0", "1.0.post2.dev0"],
    ["==2.0+deadbeef", "2.0+deadbeef 2.0.0+DEADBEEF", "2.0+zzz 2.0 2.0+deadbeef.1"],
    ["<1", "0.dev0 0 0.9.post1", "1 1rc1 1.dev0"],
    ["<0.dev0", "", "0.dev0 0"],
    // Families.
    [">2", "2.0.1 2.1.dev0 3", "2 2.0 2.0.post1 2+local 2.0.post1.dev1"],
    [">2rc1", "2rc2 2 2rc2.dev0", "2rc1 2rc1.post1 2rc1+local"],
    [">2.dev1", "2.dev2 2a1 2", "2.dev1 2.dev1+local"],
    ["<2rc1", "2b1 2rc1.dev0 1", "2rc1 2"],
    ["<=2", "2 2+local 2rc1", "2.post0 2.0.1.dev0"],
    [">=2", "2 2+local 2.post1", "2rc1"],
    ["==1.0", "1 1.0.0 1.0+local", "1.0.post1 1.0rc1"],
    ["!=1.0", "1.0.post1 1.1", "1 1.0.0 1.0+local"],
    ["!=1.0+a", "1.0 1.0+b", "1.0+a"],
    ["==1.*", "1 1.0rc1 1.dev0 1.9.post1+local", "2 0.9 2.dev0 1!1"],
    ["==1.0.*", "1 1.0.5", "1.1"],
    ["!=1!1.*", "1.5 1!2", "1!1.5"],
    ["~=1.4.5", "1.4.5 1.4.9 1.4.5.post1", "1.4.4 1.5 1.5.dev0 1.4.5rc1"],
    ["~=1.4", "1.4 1.9", "2.0 2.0.dev0"],
    ["~=1.4.5a4", "1.4.5a4 1.4.5 1.4.99", "1.4.5a3 1.5"],
    ["~=2.2.0", "2.2 2.2.9", "2.3"],
    ["===1.0", "1.0", "1.0.0 1"],
    ["===1.0+LOCAL", "1.0+local", "1.0"],
    // Beyond 2⁵³.
    [">9007199254740992", "9007199254740993", "9007199254740992 9007199254740991"],
    ["==9007199254740991.*", "9007199254740991.5", "9007199254740992"],
    ["~=9007199254740991.1", "9007199254740991.1", "9007199254740992.1"],
    [">=1,<2,!=1.5.*", "1 1.4 1.6", "1.5 1.5.1 2 0.9"],
    ["", "1 2.dev0", ""],
  ];
  for (const [specifier, yes, no] of table) {
    test(specifier || "nothing", () => {
      for (const version of yes.split(" ").filter(Boolean)) assert.ok(matches(specifier, version), version);
      for (const version of no.split(" ").filter(Boolean)) assert.ok(!matches(specifier, version), version);
    });
  }
  test("satisfies `anyVersion` with any version", () =>
    assert.ok(satisfies(anyVersion, parseVersion("0.dev0"))));

  const publicText = neighbouringVersionTexts.map((text) => text.replace(/\+.*/, ""));
  const clause = fc.oneof(
    fc.tuple(fc.constantFrom("==", "!=", "<", "<=", ">", ">="), publicText).map((parts) => parts.join("")),
    fc
      .tuple(fc.constantFrom("==", "!="), releaseTexts)
      .map(([operator, release]) => `${operator}${release}.*`),
    releaseTexts.map((release) => `~=${release}.1`),
  );
  test("gives the same result for the normalised text and for an equal version", () => {
    fc.assert(
      fc.property(fc.array(clause, { maxLength: 3 }), neighbouringVersionTexts, (clauses, text) => {
        const set = parseSpecifierSet(clauses.join(" , "));
        const written = formatSpecifierSet(set);
        const version = parseVersion(text);
        const expected = satisfies(set, version);
        assert.equal(satisfies(parseSpecifierSet(written), version), expected);
        assert.equal(satisfies(set, parseVersion(version.key)), expected);
        assert.equal(formatSpecifierSet(parseSpecifierSet(written)), written);
      }),
      { numRuns: 2000 },
    );
  });
  test("treats `!=` as the opposite of `==`, and keeps `<` and `>=`, `>` and `<=` apart", () => {
    fc.assert(
      fc.property(publicText, neighbouringVersionTexts, (bound, version) => {
        assert.notEqual(matches(`==${bound}`, version), matches(`!=${bound}`, version));
        assert.ok(!(matches(`<${bound}`, version) && matches(`>=${bound}`, version)));
        assert.ok(!(matches(`>${bound}`, version) && matches(`<=${bound}`, version)));
      }),
    );
  });
});

test("formatSpecifierSet normalises, sorts and removes duplicates; `text` stays as written", () => {
  const set = parseSpecifierSet(" >= 1.0-RC1 ,<2, ==v1.*,<2 ");
  assert.equal(formatSpecifierSet(set), "<2,==1.*,>=1.0rc1");
  assert.equal(set.text, ">= 1.0-RC1 ,<2, ==v1.*,<2");
  assert.equal(formatSpecifierSet(parseSpecifierSet("~=1.4.0,===What")), "===What,~=1.4.0");
});

describe("parseSpecifierSet refuses", () => {
  const table: [text: string, at: string, hint: RegExp][] = [
    [">=1.0, <2.x", "<2.x", /`<` needs a version after it/],
    ["1.0", "1.0", /an operator and a version/],
    [">=1.0 <2", ">=1.0 <2", /./],
    [">=2.*", ">=2.*", /`==` and `!=` only/],
    ["==1.0rc1.*", "==1.0rc1.*", /release number only/],
    ["~=1", "~=1", /two release numbers/],
    [">1.0+local", ">1.0+local", /local version/],
    ["==1,===", "===", /./],
    ["^1.0", "^1.0", /./],
  ];
  for (const [text, at, hint] of table) {
    test(text, () => {
      assert.throws(
        () => parseSpecifierSet(text),
        (error) => {
          assert.ok(error instanceof PosyError && error.code === "invalid-specifier" && error.span);
          assert.equal(error.span.text.slice(error.span.start, error.span.end), at);
          assert.match(error.hint ?? "", hint);
          return true;
        },
      );
    });
  }
});

describe("lenient", () => {
  // Packages on the public index have each of these, and uv repairs the same ones.
  const table: [written: string, meant: string][] = [
    [">=7.2.0<8.0.0", ">=7.2.0,<8.0.0"],
    [">=1.0 <2.0", ">=1.0,<2.0"],
    ["!=3.0.* !=3.1.*", "!=3.0.*,!=3.1.*"],
    ["!=~5.0,>=4.12", "!=5.0.*,>=4.12"],
    ["!=~5,>=4.12", "!=5.*,>=4.12"],
    [">=1.9.*", ">=1.9"],
    [">= 3.5.*", ">=3.5"],
    [">=1.*", ">=1"],
    [">=2.7,!=3.0.*,!=3.1.*,<3.4.*", ">=2.7,!=3.0.*,!=3.1.*,<3.4"],
    [">=2.7,!=3.0*,!=3.1*", ">=2.7,!=3.0.*,!=3.1.*"],
    [">=3.6, ", ">=3.6"],
    [">= '2.7'", ">=2.7"],
    ['>="3.6"', ">=3.6"],
    [">=3.6'", ">=3.6"],
    [">=2.7, !=3.0.*, !=3.1.*', !=3.2.*'", ">=2.7,!=3.0.*,!=3.1.*,!=3.2.*"],
    [">dev", ">0.0.0.dev0"],
    [">=9.0.0a1.0", ">=9.0.0a1"],
    [">=9a1.0", ">=9a1"],
    ["==*", ""],
    [">=1!2.0<1!3", ">=1!2.0,<1!3"],
  ];
  for (const [written, meant] of table) {
    test(`${written} means ${meant}`, () => {
      const set = parseSpecifierSet(written, { lenient: true });
      assert.equal(formatSpecifierSet(set), formatSpecifierSet(parseSpecifierSet(meant)));
      assert.equal(set.text, written.trim());
    });
  }

  test("leaves valid texts alone, and reports the original error of hopeless ones", () => {
    assert.equal(formatSpecifierSet(parseSpecifierSet("===1.0'", { lenient: true })), "===1.0'");
    for (const text of ["what", "3.6", ">=", "=>1", "^3.6", ">=x"]) {
      assert.throws(() => parseSpecifierSet(text, { lenient: true }), { code: "invalid-specifier" }, text);
    }
  });
});

test("namesPrerelease finds a pre-release in any clause but `!=`", () => {
  const expected: [string, boolean][] = [
    [">=2.0rc1", true],
    ["<2.0.dev1", true],
    ["===1.0a1", true],
    ["!=2.0rc1", false],
    ["==2.*,>=1", false],
    ["", false],
  ];
  for (const [text, named] of expected) assert.equal(namesPrerelease(parseSpecifierSet(text)), named, text);
});
