import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { normalizeName, parsePackageName } from "../../src/vocab/requirement/name.ts";
import { compareVersions, isPrerelease, tryParseVersion } from "../../src/vocab/version/version.ts";
import { askPython } from "../support/oracle.ts";
import { neighbouringVersionTexts, corrupted, versionTexts } from "../support/version-texts.ts";

const script = `
import json, sys
from packaging.version import Version, InvalidVersion
from packaging.utils import canonicalize_name, InvalidName
def read(text):
    try: v = Version(text)
    except InvalidVersion: return None
    return [str(v), v.is_prerelease]
def order(pair):
    a, b = map(Version, pair)
    return (a > b) - (a < b)
def name(text):
    try: return canonicalize_name(text, validate=True)
    except InvalidName: return None
asked = json.load(sys.stdin)
print(json.dumps({
    "versions": [*map(read, asked["versions"])],
    "pairs": [*map(order, asked["pairs"])],
    "names": [*map(name, asked["names"])],
}))
`;

const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number) =>
  fc.sample(arbitrary, { numRuns, seed: 440 });
const versions = [
  ...sample(versionTexts, 6000),
  ...sample(corrupted(versionTexts, "!.+-_*ax0 é\t"), 6000),
  ...sample(fc.string({ maxLength: 6, unit: fc.constantFrom(..."01.a-_!+bcdevprost".split("")) }), 3000),
];
const pairs = [
  ...sample(fc.tuple(versionTexts, versionTexts), 5000),
  ...sample(fc.tuple(neighbouringVersionTexts, neighbouringVersionTexts), 10_000),
  // The same version, written with another trailing zero.
  ...sample(versionTexts, 1000).map((text): [string, string] => [
    text,
    text.replace(/^(v?(?:\d+!)?\d+(?:\.\d+)*)/i, "$1.0"),
  ]),
];
const names = sample(
  fc.string({ maxLength: 6, unit: fc.constantFrom(..."aZ09-_.".split(""), " ", "é", "\n") }),
  3000,
);

describe("versions and names compared with `packaging`", async () => {
  const answers = await askPython<{
    versions: ([string, boolean] | null)[];
    pairs: number[];
    names: (string | null)[];
  }>(script, { versions, pairs, names });

  test("accepts the same versions, with the same normalised text", () => {
    let taken = 0;
    for (const [index, text] of versions.entries()) {
      const version = tryParseVersion(text);
      assert.deepEqual(version ? [version.text, isPrerelease(version)] : null, answers.versions[index], text);
      taken += Number(version !== undefined);
    }
    assert.ok(taken > 7000 && taken < versions.length - 3000, `${taken}`);
  });

  test("sorts versions the same, and gives equal versions equal keys", () => {
    const counts = new Map<number, number>();
    for (const [index, pair] of pairs.entries()) {
      const [a, b] = pair.map(tryParseVersion);
      assert.ok(a && b, pair.join(" "));
      const order = Math.sign(compareVersions(a, b));
      assert.equal(order, answers.pairs[index], pair.join(" ? "));
      assert.equal(a.key === b.key, order === 0, pair.join(" ? "));
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    assert.ok(
      [-1, 0, 1].every((order) => (counts.get(order) ?? 0) >= 1000),
      JSON.stringify([...counts]),
    );
  });

  test("accepts the same names, with the same normalised text", () => {
    for (const [index, text] of names.entries()) {
      const expected = answers.names[index];
      if (expected === null) assert.throws(() => parsePackageName(text), { code: "invalid-name" }, text);
      else assert.equal(parsePackageName(text), expected);
      if (expected !== null) assert.equal(normalizeName(text), expected);
    }
  });
});
