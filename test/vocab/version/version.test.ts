import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { normalizeName, parseExtraName, parsePackageName } from "../../../src/vocab/requirement/name.ts";
import { orderOfPlainRelease } from "../../../src/vocab/version/version-order.ts";
import {
  compareVersions,
  isPrerelease,
  parseVersion,
  tryParseVersion,
} from "../../../src/vocab/version/version.ts";
import { neighbouringVersionTexts, versionTexts } from "../../support/version-texts.ts";
import { computingTime } from "../../support/computing.ts";

const sign = (a: string, b: string) => Math.sign(compareVersions(parseVersion(a), parseVersion(b)));

describe("parseVersion", () => {
  const normalized: [written: string, text: string, key?: string][] = [
    ["1.0", "1.0", "1"],
    ["1.0.0", "1.0.0", "1"],
    ["0.0", "0.0", "0"],
    ["v1.0-beta_2", "1.0b2", "1b2"],
    ["1.0-1", "1.0.post1", "1.post1"],
    [
      "1!2.10.0rc1.post3.dev4+Ubuntu-1.007",
      "1!2.10.0rc1.post3.dev4+ubuntu.1.7",
      "1!2.10rc1.post3.dev4+ubuntu.1.7",
    ],
    ["1.0c1", "1.0rc1", "1rc1"],
    ["1.0dev", "1.0.dev0", "1.dev0"],
    [" 01.02 ", "1.2"],
    ["20230101000000", "20230101000000"],
    ["9007199254740993.18446744073709551616", "9007199254740993.18446744073709551616"],
  ];
  for (const [written, text, key = text] of normalized) {
    test(`${written} is ${text}`, () => {
      const version = parseVersion(written);
      assert.equal(version.text, text);
      assert.equal(version.key, key);
    });
  }

  for (const text of [
    "",
    "x",
    "1.",
    "1..2",
    "1.0+",
    "1.0+a..b",
    "1.0-",
    "1.0 2",
    "1.0é",
    "１.0",
    "1!",
    "1_0",
    "1.0\0",
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(tryParseVersion(text), undefined);
      assert.throws(() => parseVersion(text), {
        code: "invalid-version",
        span: { text, start: 0, end: text.length },
      });
    });
  }

  test("refuses a hostile text at once, with a short message", () => {
    const start = computingTime();
    for (const text of [
      `1${".1".repeat(2000)}x`,
      `${"1".repeat(4000)}x`,
      `1${"a".repeat(1e6)}`,
      "9".repeat(1e6),
    ]) {
      assert.throws(
        () => parseVersion(text),
        ({ message }: Error) => message.length < 300,
      );
    }
    assert.ok(computingTime() - start < 1000);
  });

  test("parses thousands in milliseconds", () => {
    const texts = Array.from(
      { length: 5000 },
      (_, index) => `${index % 7}.${index}.0${index % 3 ? "" : "rc1"}`,
    );
    const start = computingTime();
    texts.map(parseVersion).sort(compareVersions);
    // It takes about 10 ms. The bound is for a busy machine.
    assert.ok(computingTime() - start < 500);
  });
});

describe("compareVersions", () => {
  // PEP 440, "Summary of permitted suffixes and relative ordering", and the paragraphs around it.
  const ascending =
    "0.dev0 0a0 0 0.1 1.dev0 1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 1.0b2.post345.dev456 1.0b2.post345 1.0rc1.dev456 1.0rc1 1.0 1.0+abc.5 1.0+abc.7 1.0+5 1.0+5.a 1.0+10 1.0.post456.dev34 1.0.post456 1.1.dev1 1.1 1.1.0.1 1.2 1.10 1.4294967296 1.9007199254740992 1.9007199254740993 1.18446744073709551616 2 1!0.1".split(
      " ",
    );
  test("sorts in the order of PEP 440", () => {
    for (const [index, text] of ascending.entries()) {
      for (const [other, later] of ascending.entries()) {
        assert.equal(sign(text, later), Math.sign(index - other), `${text} ? ${later}`);
      }
    }
  });

  test("gives equal versions equal keys", () => {
    for (const [a, b] of [
      ["1.0", "1.0.0"],
      ["0", "0.0"],
      ["1.0rc1", "1c1"],
      ["1.0+a_1", "1+A.01"],
      ["0!1", "1"],
    ] as const) {
      assert.equal(sign(a, b), 0, a);
      assert.equal(parseVersion(a).key, parseVersion(b).key);
    }
  });

  test("is a total order, and zero exactly if the keys are equal", () => {
    const version = fc.oneof(versionTexts, neighbouringVersionTexts).map(parseVersion);
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const order = compareVersions(a, b);
        assert.equal(order, 0 - compareVersions(b, a));
        assert.equal(order === 0, a.key === b.key);
        if (order <= 0 && compareVersions(b, c) <= 0) assert.ok(compareVersions(a, c) <= 0);
      }),
      { numRuns: 2000 },
    );
  });
});

test("the normalised text is parsed as the same version", () => {
  fc.assert(
    fc.property(versionTexts, (text) => {
      const version = parseVersion(text);
      assert.deepEqual(parseVersion(version.text), version);
      assert.equal(parseVersion(version.key).key, version.key);
    }),
  );
});

test("isPrerelease is true for pre-releases and development releases", () => {
  const expected: [string, boolean][] = [
    ["1.0", false],
    ["1.0rc1", true],
    ["1.0.dev0", true],
    ["1.0.post1", false],
    ["1.0.post1.dev1", true],
    ["1.0+a1", false],
  ];
  for (const [text, prerelease] of expected) assert.equal(isPrerelease(parseVersion(text)), prerelease, text);
});

describe("names", () => {
  test("normalises runs of separators to one dash", () => {
    for (const [text, name] of [
      ["Foo.Bar", "foo-bar"],
      ["a--b", "a-b"],
      ["a_.b", "a-b"],
      ["3to2", "3to2"],
      ["A", "a"],
    ] as const) {
      assert.equal(parsePackageName(text), name);
      assert.equal(parseExtraName(text), name);
      assert.equal(normalizeName(text), name);
    }
  });

  for (const text of ["", "-a", "a_", ".", "a b", "é", "a\n", String.fromCharCode(0x212a), "a/b"]) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parsePackageName(text), { code: "invalid-name" });
      assert.throws(() => parseExtraName(text), { code: "invalid-name" });
    });
  }
});

test("orderOfPlainRelease is the order of the parsed version", () => {
  const plain = fc
    .array(fc.oneof(fc.constant(0), fc.nat(12), fc.nat(), fc.maxSafeNat()), { minLength: 1, maxLength: 5 })
    .map((numbers) => numbers.join("."));
  const other = fc.constantFrom(
    "",
    ".",
    "1.",
    ".1",
    "1..2",
    "01.2",
    "1.02",
    "1a1",
    "1.0.post1",
    "x",
    "1 ",
    "9".repeat(16),
  );
  let read = 0;
  fc.assert(
    fc.property(fc.oneof({ weight: 3, arbitrary: plain }, versionTexts, other), (text) => {
      const order = orderOfPlainRelease(text);
      if (order === undefined) return;
      read += 1;
      assert.equal(order, parseVersion(text).order);
      assert.equal(text, parseVersion(text).text);
    }),
    { numRuns: 1000 },
  );
  assert.ok(read > 100, `${read} were plain`);
  for (const text of ["0", "1.2.3", "1.0.0", "2024.10"])
    assert.notEqual(orderOfPlainRelease(text), undefined);
});
