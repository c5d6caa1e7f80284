import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { PosyError } from "../../src/errors/posy-error.ts";
import { resolveFromLock } from "../../src/resolve/resolve-from-lock.ts";
import { briefOf } from "../support/brief.ts";
import { type FakeIndex, fakePackageDB } from "../support/fake-package-db.ts";
import { recordingReporter } from "../support/recording-reporter.ts";
import { contextOf, resolving } from "./resolving.ts";

const platforms = ["linux-x86_64", "windows-x86_64"] as const;

/** Resolves `asked` against `first`. Then resolves `wanted` against `now`, starting from that Blueprint. */
async function keeping(
  first: FakeIndex,
  asked: readonly string[],
  now: FakeIndex,
  wanted: readonly string[],
) {
  const brief = { platforms };
  const { blueprint } = await resolving(first, { with: asked, brief });
  const [db, reporter] = [fakePackageDB(now), recordingReporter()];
  const kept = await resolveFromLock(briefOf(wanted, brief), blueprint, contextOf(db, reporter, {}));
  const anew = () => resolving(now, { with: wanted, brief, preferences: blueprint });
  return { kept, anew, asked: db.asked, reporter };
}

const index: FakeIndex = {
  app: { "1.0": { requires: ["base>=1", "win; sys_platform == 'win32'"] } },
  base: { "1.0": {}, "1.5": {} },
  win: { "1.0": {} },
  more: { "1.0": { requires: ["base"] }, "2.0": { requires: ["base", "deeper"] } },
  deeper: { "3.0": {} },
  newer: { "1.0": { requires: ["base"] }, "2.0": { requires: ["base>=2"] } },
  gone: { "1.0": { yanked: "broken" } },
};
const withNewerBase: FakeIndex = { ...index, base: { ...index["base"], "2.0": {} } };

describe("resolving from an earlier Blueprint", () => {
  const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["makes no request if the Blueprint satisfies all requirements", ["app", "base>=1.5"], []],
    ["makes no request if fewer packages are required", ["win"], []],
    [
      "asks the index only for packages that the Blueprint lacks",
      ["app", "more"],
      ["project more", "metadata more-2.0-py3-none-any.whl", "project deeper"],
    ],
  ];
  for (const [what, wanted, expected] of rows) {
    test(what, async () => {
      const { kept, anew, asked } = await keeping(index, ["app"], withNewerBase, wanted);
      assert.deepEqual(kept, (await anew()).blueprint);
      for (const question of expected) assert.ok(asked.includes(question), question);
      const others = asked.filter((question) => !/ (more|deeper)/.test(question));
      assert.deepEqual(others, []);
      assert.equal(asked.length > 0, expected.length > 0);
    });
  }

  test("gives up if the newest version of a new package needs another version of a pinned one", async () => {
    const { kept, anew } = await keeping(index, ["app"], withNewerBase, ["app", "newer"]);
    assert.equal(kept, undefined);
    const { pins } = await anew();
    assert.deepEqual(pins, ["app==1.0", "base==2.0", "newer==2.0"]);
  });

  for (const [what, wanted] of [
    ["a specifier excludes the pinned version", ["app", "base<1.5"]],
    ["a required package does not exist", ["app", "nobody"]],
    ["a required package needs a version that does not exist", ["app", "newer>=2"]],
  ] as const) {
    test(`gives up if ${what}`, async () => {
      assert.equal((await keeping(index, ["app"], index, wanted)).kept, undefined);
    });
  }

  test("reports warnings about new packages, and no warnings of an attempt that was given up", async () => {
    const accepted = await keeping(index, ["app"], index, ["app", "gone==1.0"]);
    assert.ok(accepted.kept);
    assert.deepEqual(accepted.reporter.warnings(), (await accepted.anew()).reporter.warnings());
    assert.match(accepted.reporter.warnings().join(), /gone/);
    const refused = await keeping(index, ["app"], index, ["app", "gone==1.0", "newer==2.0"]);
    assert.equal(refused.kept, undefined);
    assert.deepEqual(refused.reporter.warnings(), []);
  });
});

const names = ["a", "b", "c", "d", "e", "f"];
const specifiers = ["", "", "", "<3", "<2", ">=2", ">=3", "==2"];
const markers = ["", "", "", "; sys_platform == 'win32'", "; extra == 'x'"];
const requirement = fc
  .tuple(fc.constantFrom(...names), fc.constantFrom(...specifiers), fc.constantFrom(...markers))
  .map((parts) => parts.join(""));
const release = fc.array(requirement, { maxLength: 3 }).map((requires) => ({ requires, extras: ["x"] }));
const versions = fc
  .tuple(release, release, release)
  .map(([one, two, three]) => ({ "1": one, "2": two, "3": three }));
const indexes = fc
  .tuple(...names.map(() => versions))
  .map((all): FakeIndex => Object.fromEntries(names.map((name, at) => [name, all[at] ?? {}])));
const wishes = fc.uniqueArray(
  fc
    .tuple(
      fc.constantFrom(...names),
      fc.constantFrom("", "", "[x]"),
      fc.constantFrom("", "", "", "<3", ">=2"),
    )
    .map((parts) => parts.join("")),
  { minLength: 1, maxLength: 3, selector: (text) => text[0] },
);

test("resolveFromLock gives the same result as resolving with the Blueprint as preferences", async () => {
  let [same, others] = [0, 0];
  const isBeyond = (
    blueprint: { targets: readonly { packages: readonly { name: string }[] }[] },
    of: Set<string>,
  ) => blueprint.targets.some(({ packages }) => packages.some(({ name }) => !of.has(name)));
  await fc.assert(
    fc.asyncProperty(indexes, wishes, wishes, fc.nat(2), async (all, first, second, newest) => {
      // At first the newest versions are not there yet.
      const early: FakeIndex = Object.fromEntries(
        Object.entries(all).map(([name, { 1: one, 2: two, 3: three }]) => [
          name,
          { 1: one ?? {}, ...(newest > 0 && two && { 2: two }), ...(newest > 1 && three && { 3: three }) },
        ]),
      );
      const brief = { platforms };
      const failed = (error: unknown) => {
        if (!(error instanceof PosyError)) throw error;
        return undefined;
      };
      const before = (await resolving(early, { with: first, brief }).catch(failed))?.blueprint;
      if (before === undefined) return;
      const had = new Set(first.map((text) => text[0]));
      const wanted = [...first, ...second.filter((text) => !had.has(text[0]))];
      const context = contextOf(fakePackageDB(all), recordingReporter(), {});
      const kept = await resolveFromLock(briefOf(wanted, brief), before, context);
      const known = new Set(before.targets.flatMap(({ packages }) => packages.map(({ name }) => name)));
      if (kept === undefined || !isBeyond(kept, known)) {
        others += 1;
        return;
      }
      same += 1;
      const { blueprint } = await resolving(all, { with: wanted, brief, preferences: before });
      assert.deepEqual(kept, blueprint);
    }),
    { numRuns: 1500, seed: 3 },
  );
  assert.ok(same > 150 && others > 150, `${same} the same, ${others} others`);
});
