import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PosyError } from "../../src/errors/posy-error.ts";
import {
  namesPrerelease,
  parseSpecifierSet,
  satisfies,
  type SpecifierSet,
} from "../../src/vocab/version/specifier.ts";
import { parseVersion } from "../../src/vocab/version/version.ts";
import { askPython } from "../support/oracle.ts";
import {
  neighbouringVersionTexts,
  publicVersionTexts,
  releaseTexts,
  corrupted,
  versionTexts,
} from "../support/version-texts.ts";

const script = `
import json, sys
from packaging.specifiers import SpecifierSet, InvalidSpecifier
from packaging.version import Version
def read(text):
    try: return SpecifierSet(text)
    except InvalidSpecifier: return None
asked = json.load(sys.stdin)
versions = [*map(Version, asked["versions"])]
def row(text):
    s = read(text)
    return None if s is None else "".join("01"[s.contains(v, prereleases=True)] for v in versions)
def valid(text):
    s = read(text)
    return None if s is None else s.prereleases is True
print(json.dumps({"matrix": [*map(row, asked["matrix"])], "valid": [*map(valid, asked["valid"])]}))
`;

const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number) =>
  fc.sample(arbitrary, { numRuns, seed: 440 });
const unique = (texts: string[]) => [...new Set(texts)];
const space = fc.constantFrom("", "", "", " ");
const clause = (versions: fc.Arbitrary<string>, ...operators: string[]) =>
  fc.tuple(fc.constantFrom(...operators), space, versions).map((parts) => parts.join(""));
const clauses = (near: fc.Arbitrary<string>, far: fc.Arbitrary<string>) =>
  fc.oneof(
    clause(near, "==", "!=", "==="),
    clause(far, "<", "<=", ">", ">=", "~=", "<", ">"),
    clause(
      releaseTexts.map((text) => `${text}.*`),
      "==",
      "!=",
    ),
  );
const nearPublic = neighbouringVersionTexts.map((text) => text.replace(/\+.*/, ""));
const sets = fc
  .array(clauses(versionTexts, publicVersionTexts), { minLength: 1, maxLength: 3 })
  .map((all) => all.join(","));

const versions = unique([
  ...sample(neighbouringVersionTexts, 900),
  ...sample(versionTexts, 100),
  ..."0.dev0 0 2.0 2.0.post0 1.0.post2.dev0 2.0+zzz 2.0+deadbeef 20230101000000 9007199254740992".split(" "),
]);
const matrix = unique([
  ...sample(clauses(neighbouringVersionTexts, nearPublic), 700),
  ...sample(sets, 150),
  ..."<2.0.post1 >1.0.post1 <=1.0.post1 ==2.0+deadbeef <1 >=0.dev0 <0.dev0 >9007199254740991 ~=1.9007199254740991.0 ~=2.0.post1".split(
    " ",
  ),
]);
const valid = unique([
  ...sample(sets, 3000),
  ...sample(corrupted(sets, "<>=!~.,*+-1a ;()'"), 5000),
  ...sample(clause(versionTexts, ">=", "<", "~=", "=", "=>", "<>", "^", ""), 2000),
  ...sample(
    clause(
      versionTexts.map((text) => `${text}.*`),
      ">=",
      "==",
      "~=",
      "!=",
      "===",
    ),
    1000,
  ),
]);

/** Texts that `packaging` accepts and Posy refuses, and why. */
const stricter: { reason: string; applies: (text: string) => boolean }[] = [
  {
    reason: "`===` with nothing after it matches nothing: an accident",
    applies: (text) => /===\s*(,|$)/.test(text),
  },
];

function read(text: string): SpecifierSet | undefined {
  try {
    return parseSpecifierSet(text);
  } catch (error) {
    assert.ok(error instanceof PosyError && error.code === "invalid-specifier", String(error));
    assert.ok(
      error.span && error.span.start < error.span.end && error.span.end <= error.span.text.length,
      text,
    );
    return undefined;
  }
}

describe("specifiers compared with `packaging`", async () => {
  const answers = await askPython<{ matrix: (string | null)[]; valid: (boolean | null)[] }>(script, {
    matrix,
    versions,
    valid,
  });

  test("agrees which versions satisfy them", () => {
    const parsed = versions.map(parseVersion);
    let hits = 0;
    for (const [index, text] of matrix.entries()) {
      const set = read(text);
      const row = set && parsed.map((version) => Number(satisfies(set, version))).join("");
      const expected = answers.matrix[index] ?? undefined;
      if (row === expected) {
        hits += row?.match(/1/g)?.length ?? 0;
        continue;
      }
      const at = versions.findIndex((_, sandbox) => row?.[sandbox] !== expected?.[sandbox]);
      assert.fail(`\`${text}\` and \`${versions[at]}\`: ${row?.[at]} for ${expected?.[at]}`);
    }
    assert.ok(hits > 50_000, `${hits} of ${matrix.length * versions.length}`);
  });

  test("accepts the same specifiers, and agrees which name pre-releases", () => {
    let taken = 0;
    for (const [index, text] of valid.entries()) {
      if (stricter.some(({ applies }) => applies(text))) continue;
      const set = read(text);
      assert.equal(set ? namesPrerelease(set) : null, answers.valid[index], text);
      taken += Number(set !== undefined);
    }
    assert.ok(taken > 3000 && taken < valid.length - 3000, `${taken} of ${valid.length}`);
  });

  test("lists only real differences in the table", () => {
    for (const text of valid) {
      if (stricter.some(({ applies }) => applies(text))) assert.equal(read(text), undefined, text);
    }
  });
});
