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
  "to the whole resolved version": ["a>=2.28", "2.32.3", "a>=2.32.3"],
  "to the lowest version of all targets": ["a>=1", "2.1 2.0", "a>=2.0"],
  "and the rest of the text is kept": [
    "A.b [x, y] ( >= 1.0 , <3 , != 1.5 ) ; os_name == 'nt'",
    "2.1",
    "A.b [x, y] ( >= 2.1 , <3 , != 1.5 ) ; os_name == 'nt'",
  ],
  "and other clauses are not": ["a~=1.2,==1.*,>1.0,<=2", "1.9", "a~=1.2,==1.*,>1.0,<=2"],
  "but never lowered": ["a>=3", "2.1", "a>=3"],
  "but not added": ["a; os_name=='nt'", "2", "a; os_name=='nt'"],
  "but not for a URL": ["a @ https://h/a-1.zip", "2", "a @ https://h/a-1.zip"],
  "without the local part of a version": ["torch>=2.0", "2.9.0+cpu", "torch>=2.9.0"],
  "but not to a pre-release": ["a>=1", "2rc1", "a>=1"],
  "to a pre-release if the bound is one": ["a>=1.0b2", "2rc1", "a>=2rc1"],
  "to a version with another epoch": ["a>=2020", "1!1.0", "a>=1!1.0"],
  "but not to an equal version": ["a>=2.0", "2.0.0", "a>=2.0"],
};
for (const [title, [before, found, after]] of Object.entries(raised)) {
  test(`raiseBounds: a lower bound is raised ${title}`, () => {
    assert.equal(raiseBounds(before, versions(found)), after);
  });
}

test("raiseBounds and replaceBounds keep a bound without a resolved version", () => {
  assert.equal(raiseBounds("a>=1", []), "a>=1");
  assert.equal(replaceBounds("a<1", []), "a<1");
});

const replaced: Record<string, readonly [before: string, found: string, after: string]> = {
  "keeps a bound that allows the version": ["a~=1.2", "1.9", "a~=1.2"],
  "only raises a range that allows the version": ["a>=1.2,<3", "2.4.1", "a>=2.4.1,<3"],
  "replaces a pin": ["a==1.2 ; os_name=='nt'", "2.0.3", "a==2.0.3 ; os_name=='nt'"],
  "replaces an arbitrary equality": ["a === 1.2", "2.0", "a === 2.0"],
  "replaces a pin with a public version": ["a==1.2", "2.0+cpu", "a==2.0"],
  "replaces a prefix match": ["a[x]==1.2.*", "2.0.3", "a[x]==2.0.*"],
  "replaces a compatible release": ["a ~= 1.2", "2.0.3", "a ~= 2.0"],
  "replaces a compatible release with three numbers": ["a~=1.2.3", "2.0", "a~=2.0.0"],
  "replaces a compatible release of a pre-release": ["a~=1.2rc1", "2.0rc1", "a~=2.0rc1"],
  "replaces a range": ["a>=1.2,<2", "2.0.3", "a>=2.0.3,<3"],
  "replaces a range with the same precision": ["a >=4.2, <4.3", "5.2.8", "a >=5.2.8, <5.3"],
  "replaces a range whose end has zeros": ["a>=1.2,<2.0.0", "3.4.5", "a>=3.4.5,<4.0.0"],
  "replaces a range that excludes pre-releases of its end": ["a<2.0.dev0", "3.4", "a<4.0.dev0"],
  "replaces an upper bound": ["django<5", "5.2.8", "django<6"],
  "replaces an inclusive upper bound": ["a<=2.9", "5.2.8", "a<=5.2.8"],
  "replaces several clauses": ["a~=1.2,!=1.3.*,<1.9", "2.4.1", "a~=2.4,!=1.3.*,<2.5"],
  "writes a lower bound if the old form cannot allow all versions": [
    "a == 1.2 , != 1.5.*",
    "2.0 3.0",
    "a >= 2.0,!= 1.5.*",
  ],
  "writes a lower bound in parentheses": ["a (~=1.2); os_name=='nt'", "2.0 3.0", "a (>=2.0); os_name=='nt'"],
  "allows all resolved versions": ["a>=1,<2", "2.9 3.1", "a>=2.9,<4"],
  "but not for a URL": ["a @ https://h/a-1.zip", "2", "a @ https://h/a-1.zip"],
};
for (const [title, [before, found, after]] of Object.entries(replaced)) {
  test(`replaceBounds ${title}`, () => {
    assert.equal(replaceBounds(before, versions(found)), after);
  });
}

const open: Record<string, readonly [before: string, floor: string | undefined, after: string]> = {
  "removes an upper bound": ["a<2; os_name=='nt'", undefined, "a; os_name=='nt'"],
  "keeps the lower bound of a range": ["a[x]>=1.2,<2,!=1.5", undefined, "a[x]>=1.2,!=1.5"],
  "makes a lower bound of pins and prefix matches": ["a==1.2.*,~=1.2.1", undefined, "a>=1.2,>=1.2.1"],
  "begins at the locked version": ["a>=1,<2,!=1.7.*", "1.9", "a>=1.9,!=1.7.*"],
  "ignores a locked version that is not allowed": ["a>=2,<3", "1.9", "a>=2"],
  "ignores a locked pre-release": ["a", "1.9b1", "a"],
  "keeps a URL": ["a @ https://h/a-1.zip", "1.9", "a @ https://h/a-1.zip"],
};
for (const [title, [before, floor, after]] of Object.entries(open)) {
  test(`withoutCeiling ${title}`, () => {
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

/** Everything but the versions. */
const subject = (text: string) => {
  const { name, extras, marker } = parseRequirement(text);
  return [name, extras.join(), marker && formatMarker(marker)];
};
const holes = (text: string) =>
  parseRequirement(text).specifier.specifiers.flatMap(({ operator, versionText, wildcard }) =>
    operator === "!=" ? [versionText + String(wildcard)] : [],
  );

test("replaceBounds allows the resolved versions, and keeps name, extras, marker and `!=`", () =>
  fc.assert(
    fc.property(requirement, fc.array(version, { minLength: 1, maxLength: 3 }), (text, texts) => {
      const found = texts.map(parseVersion);
      // Resolving respected these clauses, so they need no replacement.
      const stays = parseRequirement(text).specifier.specifiers.filter(
        ({ operator }) => operator === "!=" || operator === ">" || operator === ">=",
      );
      fc.pre(found.every((each) => satisfies({ specifiers: stays, text: "" }, each)));
      const after = replaceBounds(text, found);
      const { specifier } = parseRequirement(after);
      for (const each of found) assert.ok(satisfies(specifier, each), `${after} and ${each.text}`);
      assert.deepEqual(subject(after), subject(text));
      assert.deepEqual(holes(after), holes(text));
      // A bound with a pre-release allows other pre-releases.
      if (!found.some(isPrerelease)) assert.equal(replaceBounds(after, found), after);
    }),
    { numRuns: 2000 },
  ));

test("raiseBounds excludes no version newer than the resolved ones, and allows no more versions", () =>
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

test("withoutCeiling allows the locked version and all allowed newer versions", () =>
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
