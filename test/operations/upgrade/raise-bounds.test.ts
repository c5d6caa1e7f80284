import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { raiseBounds, replaceBounds, withoutCeiling } from "../../../src/operations/upgrade/raise-bounds.ts";
import { formatMarker } from "../../../src/vocab/requirement/marker.ts";
import { parseRequirement } from "../../../src/vocab/requirement/requirement.ts";
import { satisfies } from "../../../src/vocab/version/specifier.ts";
import { compareVersions, isPrerelease, parseVersion } from "../../../src/vocab/version/version.ts";

const versions = (text: string) => text.split(" ").map(parseVersion);

const raised: Record<string, readonly [before: string, found: string, after: string]> = {
  "in full, as it was found": ["a>=2.28", "2.32.3", "a>=2.32.3"],
  "to the least that any target got": ["a>=1", "2.1 2.0", "a>=2.0"],
  "with everything around it as it was written": [
    "A.b [x, y] ( >= 1.0 , <3 , != 1.5 ) ; os_name == 'nt'",
    "2.1",
    "A.b [x, y] ( >= 2.1 , <3 , != 1.5 ) ; os_name == 'nt'",
  ],
  "and other clauses are left": ["a~=1.2,==1.*,>1.0,<=2", "1.9", "a~=1.2,==1.*,>1.0,<=2"],
  "never down": ["a>=3", "2.1", "a>=3"],
  "not where none is written": ["a; os_name=='nt'", "2", "a; os_name=='nt'"],
  "not of a place": ["a @ https://h/a-1.zip", "2", "a @ https://h/a-1.zip"],
  "without what a local version adds": ["torch>=2.0", "2.9.0+cpu", "torch>=2.9.0"],
  "not to a pre-release that nobody asked for": ["a>=1", "2rc1", "a>=1"],
  "to a pre-release, where one was": ["a>=1.0b2", "2rc1", "a>=2rc1"],
  "of another epoch": ["a>=2020", "1!1.0", "a>=1!1.0"],
  "and equal ones are the same": ["a>=2.0", "2.0.0", "a>=2.0"],
};
for (const [title, [before, found, after]] of Object.entries(raised)) {
  test(`a lower bound is raised ${title}`, () => {
    assert.equal(raiseBounds(before, versions(found)), after);
  });
}

test("a bound that nothing was found for is left", () => {
  assert.equal(raiseBounds("a>=1", []), "a>=1");
  assert.equal(replaceBounds("a<1", []), "a<1");
});

const replaced: Record<string, readonly [before: string, found: string, after: string]> = {
  "is not, where it stands in nobody's way": ["a~=1.2", "1.9", "a~=1.2"],
  "is only raised there": ["a>=1.2,<3", "2.4.1", "a>=2.4.1,<3"],
  "as a pin": ["a==1.2 ; os_name=='nt'", "2.0.3", "a==2.0.3 ; os_name=='nt'"],
  "as a pin by its text": ["a === 1.2", "2.0", "a === 2.0"],
  "as a pin of a public version": ["a==1.2", "2.0+cpu", "a==2.0"],
  "as a family": ["a[x]==1.2.*", "2.0.3", "a[x]==2.0.*"],
  "as a compatible release": ["a ~= 1.2", "2.0.3", "a ~= 2.0"],
  "as a compatible release of three numbers": ["a~=1.2.3", "2.0", "a~=2.0.0"],
  "as a compatible release that was a pre-release": ["a~=1.2rc1", "2.0rc1", "a~=2.0rc1"],
  "as a range": ["a>=1.2,<2", "2.0.3", "a>=2.0.3,<3"],
  "as a range, in its precision": ["a >=4.2, <4.3", "5.2.8", "a >=5.2.8, <5.3"],
  "as a range up to a version with zeros": ["a>=1.2,<2.0.0", "3.4.5", "a>=3.4.5,<4.0.0"],
  "as a range without pre-releases of its end": ["a<2.0.dev0", "3.4", "a<4.0.dev0"],
  "as an upper bound": ["django<5", "5.2.8", "django<6"],
  "as an upper bound that is included": ["a<=2.9", "5.2.8", "a<=5.2.8"],
  "as several clauses": ["a~=1.2,!=1.3.*,<1.9", "2.4.1", "a~=2.4,!=1.3.*,<2.5"],
  "by a lower bound, where its manner can't hold all": [
    "a == 1.2 , != 1.5.*",
    "2.0 3.0",
    "a >= 2.0,!= 1.5.*",
  ],
  "by one in brackets": ["a (~=1.2); os_name=='nt'", "2.0 3.0", "a (>=2.0); os_name=='nt'"],
  "for all that was found": ["a>=1,<2", "2.9 3.1", "a>=2.9,<4"],
  "not of a place": ["a @ https://h/a-1.zip", "2", "a @ https://h/a-1.zip"],
};
for (const [title, [before, found, after]] of Object.entries(replaced)) {
  test(`a bound is replaced: ${title}`, () => {
    assert.equal(replaceBounds(before, versions(found)), after);
  });
}

const open: Record<string, readonly [before: string, floor: string | undefined, after: string]> = {
  "an upper bound goes": ["a<2; os_name=='nt'", undefined, "a; os_name=='nt'"],
  "a range keeps its beginning": ["a[x]>=1.2,<2,!=1.5", undefined, "a[x]>=1.2,!=1.5"],
  "pins and families are where it begins": ["a==1.2.*,~=1.2.1", undefined, "a>=1.2,>=1.2.1"],
  "what is locked is kept": ["a>=1,<2,!=1.7.*", "1.9", "a>=1.9,!=1.7.*"],
  "unless it is no longer wanted": ["a>=2,<3", "1.9", "a>=2"],
  "or a pre-release that nobody asked for": ["a", "1.9b1", "a"],
  "a place stays": ["a @ https://h/a-1.zip", "1.9", "a @ https://h/a-1.zip"],
};
for (const [title, [before, floor, after]] of Object.entries(open)) {
  test(`without what stands in the way of newer versions: ${title}`, () => {
    assert.equal(withoutCeiling(before, floor === undefined ? undefined : parseVersion(floor)), after);
  });
}

const number = fc.nat({ max: 30 });
const release = fc.array(number, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("."));
const suffix = fc.constantFrom("", "", "", "rc1", "a2", ".post1", ".dev3", "+cpu");
const version = fc.tuple(fc.constantFrom("", "", "1!"), release, suffix).map((parts) => parts.join(""));
const clause = fc.oneof(
  fc.tuple(fc.constantFrom(">=", "<=", ">", "<", "==", "!="), version).map(([operator, each]) => {
    return operator + (operator === "==" || operator === "!=" ? each : each.replace(/\+.*/, ""));
  }),
  fc.tuple(fc.constantFrom("==", "!="), release).map(([operator, each]) => `${operator} ${each}.*`),
  release.map((each) => `~= ${each}.1`),
);
const requirement = fc
  .tuple(
    fc.constantFrom("a", "Zope.interface", "a_b-c"),
    fc.constantFrom("", "[x]", " [ x,Y_z ] "),
    fc.array(clause, { maxLength: 4 }),
    fc.constantFrom(",", ", ", " , "),
    fc.boolean(),
    fc.constantFrom("", "; os_name=='nt'", ' ; python_version < "3.12" and extra == "z"'),
  )
  .map(([name, extras, clauses, comma, brackets, marker]) => {
    const all = clauses.join(comma);
    return `${name}${extras}${brackets && all !== "" ? `(${all})` : all}${marker}`;
  });

/** All but the versions. */
const subject = (text: string) => {
  const { name, extras, marker } = parseRequirement(text);
  return [name, extras.join(), marker && formatMarker(marker)];
};
const holes = (text: string) =>
  parseRequirement(text).specifier.specifiers.flatMap(({ operator, versionText, wildcard }) =>
    operator === "!=" ? [versionText + String(wildcard)] : [],
  );

test("what replaces a bound allows what was found, and keeps name, extras, marker and holes", () =>
  fc.assert(
    fc.property(requirement, fc.array(version, { minLength: 1, maxLength: 3 }), (text, texts) => {
      const found = texts.map(parseVersion);
      // What is found was found beside these: they are no bounds.
      const stays = parseRequirement(text).specifier.specifiers.filter(
        ({ operator }) => operator === "!=" || operator === ">" || operator === ">=",
      );
      fc.pre(found.every((each) => satisfies({ specifiers: stays, text: "" }, each)));
      const after = replaceBounds(text, found);
      const { specifier } = parseRequirement(after);
      for (const each of found) assert.ok(satisfies(specifier, each), `${after} and ${each.text}`);
      assert.deepEqual(subject(after), subject(text));
      assert.deepEqual(holes(after), holes(text));
      // One that is no final release makes others of its kind welcome.
      if (!found.some(isPrerelease)) assert.equal(replaceBounds(after, found), after);
    }),
    { numRuns: 2000 },
  ));

test("raising a bound takes nothing away that is newer than what was found, and never lets more be", () =>
  fc.assert(
    fc.property(
      requirement,
      fc.array(version, { minLength: 1, maxLength: 3 }),
      version,
      (text, texts, any) => {
        const found = texts.map(parseVersion);
        const after = raiseBounds(text, found);
        const [before, now] = [text, after].map((each) =>
          satisfies(parseRequirement(each).specifier, parseVersion(any)),
        );
        assert.ok(!now || before, `${text} → ${after}`);
        if (found.every((each) => compareVersions(parseVersion(any), each) >= 0)) assert.equal(now, before);
        assert.deepEqual(subject(after), subject(text));
      },
    ),
    { numRuns: 2000 },
  ));

test("without a ceiling all that was allowed is, from what is locked on, and all that is newer", () =>
  fc.assert(
    fc.property(requirement, version, version, (text, locked, any) => {
      const [floor, other] = [parseVersion(locked), parseVersion(any)];
      const { specifier } = parseRequirement(text);
      const after = parseRequirement(withoutCeiling(text, floor)).specifier;
      if (!satisfies(specifier, floor)) return;
      if (satisfies(specifier, other) && compareVersions(other, floor) >= 0)
        assert.ok(satisfies(after, other));
      assert.ok(satisfies(after, floor), `${text} with ${locked}`);
    }),
    { numRuns: 2000 },
  ));
