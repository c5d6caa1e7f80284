import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Project, Release } from "../../../src/packages/package-db.ts";
import { KnownVersions } from "../../../src/resolve/candidates/known-versions.ts";
import { BitSet } from "../../../src/solver/bit-set.ts";
import { parsePackageName } from "../../../src/vocab/requirement/name.ts";
import { parseSpecifierSet, satisfies } from "../../../src/vocab/version/specifier.ts";
import { compareVersions, parseVersion, type Version } from "../../../src/vocab/version/version.ts";
import { neighbouringVersionTexts, publicVersionTexts, versionTexts } from "../../support/version-texts.ts";

const foo = parsePackageName("foo");

function knownVersions(texts: readonly string[], direct: readonly string[]): KnownVersions {
  const listed = new Map(texts.map((text) => [parseVersion(text).key, parseVersion(text)]));
  const releases = [...listed.values()]
    .sort((a, b) => compareVersions(b, a))
    .map((version): Release => ({ version, artifacts: [] }));
  const project: Project = { name: foo, found: true, releases, lookedIn: [], setAside: [] };
  return new KnownVersions(
    foo,
    project,
    direct.map((text) => ({ version: parseVersion(text), artifacts: [], url: `https://x.example/${text}` })),
  );
}

const clause = fc.oneof(
  fc
    .tuple(fc.constantFrom("==", "!=", "<=", ">=", "<", ">", "==="), publicVersionTexts)
    .map((all) => all.join("")),
  fc
    .tuple(fc.constantFrom("==", "!="), fc.constantFrom("0.*", "1.*", "1.0.*", "2.1.*"))
    .map((all) => all.join("")),
  fc.constantFrom("~=1.0", "~=2.1.0", "~=0.0"),
);
const someVersions = fc.array(fc.oneof(versionTexts, neighbouringVersionTexts), { maxLength: 12 });
const clauses = fc.array(clause, { maxLength: 3 }).map((all) => all.join(","));

test("matches exactly the versions that satisfy the specifier one by one", () => {
  fc.assert(
    fc.property(someVersions, fc.array(versionTexts, { maxLength: 2 }), clauses, (texts, direct, text) => {
      const known = knownVersions(texts, direct);
      const set = parseSpecifierSet(text);
      const expected = known.versions.flatMap(({ version }, at) => (satisfies(set, version) ? [at] : []));
      assert.deepEqual([...known.matching(set).members()], expected);
    }),
    { numRuns: 500 },
  );
});

test("finds a version in a set, one of the index before one of a URL", () => {
  fc.assert(
    fc.property(
      someVersions,
      fc.array(versionTexts, { maxLength: 2 }),
      versionTexts,
      fc.nat(),
      (texts, direct, other, pick) => {
        const known = knownVersions(texts, direct);
        const all = [...texts, ...direct, other];
        const wanted = parseVersion(all[pick % all.length] ?? other);
        const among = BitSet.where(known.length, (index) => (pick >> index) % 2 === 0);
        const expected = known.versions.findIndex(
          ({ version }, at) => among.has(at) && version.key === wanted.key,
        );
        assert.equal(known.find(wanted, among) ?? -1, expected);
      },
    ),
    { numRuns: 500 },
  );
});

test("reads only a few of many versions to find those that match", () => {
  let read = 0;
  const releases = Array.from(
    { length: 1000 },
    (_, index): Release => ({
      get version(): Version {
        read += 1;
        return parseVersion(`1.${1000 - index}`);
      },
      artifacts: [],
    }),
  );
  const known = new KnownVersions(foo, { name: foo, found: true, releases, lookedIn: [], setAside: [] }, []);
  assert.equal([...known.matching(parseSpecifierSet(">=1.500,!=1.600")).members()].length, 500);
  assert.ok(read < 60, `${read} versions were read`);
});
