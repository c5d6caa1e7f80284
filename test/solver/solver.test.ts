import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { isSolvable, isValid, leavesExcludeAll, solve, type Universe } from "./universe.ts";
import { computingTime } from "../support/computing.ts";

/** 0, 1, …: all indexes below `count`. */
const all = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("the solver compared with trying everything", () => {
  const packages = ["a", "b", "c", "d"];
  const dependencies = (names: readonly string[]) =>
    fc.dictionary(fc.constantFrom(...names), fc.uniqueArray(fc.integer({ min: 0, max: 2 })), { maxKeys: 3 });
  const universes: fc.Arbitrary<Universe> = fc
    .tuple(
      dependencies(packages).filter((each) => Object.keys(each).length > 0),
      ...packages.map(() => fc.array(dependencies(packages), { minLength: 1, maxLength: 3 })),
    )
    .map(([first, ...rest]) => {
      const universe = { root: [first], ...Object.fromEntries(packages.map((name, at) => [name, rest[at]])) };
      // Only versions that exist.
      return Object.fromEntries(
        Object.entries(universe).map(([name, versions]) => [
          name,
          (versions ?? []).map((each) =>
            Object.fromEntries(
              Object.entries(each).map(([other, allowed]) => [
                other,
                allowed.filter((version) => version < (universe[other as "root"]?.length ?? 0)),
              ]),
            ),
          ),
        ]),
      );
    });

  test("finds a valid solution if there is one; otherwise the external causes rule out every choice", () => {
    let solved = 0;
    let failed = 0;
    fc.assert(
      fc.property(universes, fc.boolean(), fc.boolean(), (universe, stutter, fifo) => {
        const { outcome } = solve(universe, { stutter, fifo });
        if (outcome.kind === "solved") {
          solved++;
          assert.ok(isValid(universe, outcome.decisions));
        } else {
          failed++;
          assert.equal(outcome.kind, "failed");
          assert.ok(!isSolvable(universe), "there was a solution");
          assert.ok(outcome.kind === "failed" && leavesExcludeAll(universe, outcome.derivation));
        }
      }),
      { numRuns: 3000, seed: 3 },
    );
    assert.ok(solved > 300 && failed > 300, `one-sided: ${solved} solved, ${failed} failed`);
  });

  test("finds the same solution for the same input, in one run or in many steps", () => {
    fc.assert(
      fc.property(universes, (universe) => {
        const once = solve(universe);
        const stepped = solve(universe, { stutter: true });
        assert.deepEqual(once.outcome.kind, stepped.outcome.kind);
        assert.deepEqual(once.statistics, stepped.statistics);
        if (once.outcome.kind === "solved" && stepped.outcome.kind === "solved") {
          assert.deepEqual([...once.outcome.decisions], [...stepped.outcome.decisions]);
        }
      }),
      { numRuns: 500, seed: 4 },
    );
  });
});

describe("the number of attempts", () => {
  const versions = (count: number, of: (index: number) => Record<string, readonly number[]>) =>
    all(count).map(of);

  test("is one per package if nothing conflicts", () => {
    const { outcome, statistics } = solve({
      root: [{ a: [0, 1], b: [0, 1] }],
      a: versions(2, () => ({ c: [0] })),
      b: versions(2, () => ({ c: [0] })),
      c: [{}],
    });
    assert.equal(outcome.kind, "solved");
    assert.deepEqual(statistics, { attempts: 4, conflicts: 0 });
  });

  test("skips a version whose dependency is ruled out", () => {
    // https://github.com/dart-lang/pub/blob/master/doc/solver.md#performing-conflict-resolution
    const { outcome, statistics } = solve({
      root: [{ foo: [0, 1] }],
      foo: [{}, { bar: [0] }],
      bar: [{ foo: [0] }],
    });
    assert.equal(outcome.kind, "solved");
    assert.ok(outcome.kind === "solved" && outcome.decisions.get("foo") === 0);
    assert.ok(statistics.attempts <= 4, `${statistics.attempts}`);
  });

  test("handles a hundred versions with the same conflict as one conflict", () => {
    const { outcome, statistics } = solve({
      root: [{ a: all(100), b: [1] }],
      a: versions(100, (index) => (index === 0 ? {} : { b: [0] })),
      b: [{}, {}],
    });
    assert.equal(outcome.kind, "solved");
    // `b` is decided twice, since it was a culprit too often the first time.
    assert.ok(statistics.attempts <= 103, `${statistics.attempts}`);
    assert.ok(statistics.conflicts <= 1, `${statistics.conflicts}`);
  });

  test("stays small for boto3 and urllib3, because a few conflicts change the order", () => {
    // Each version of boto requires exactly one core. All cores but the oldest ten require an old urllib, which an
    // earlier decision rules out.
    const count = 400;
    const { outcome, statistics } = solve(
      {
        root: [{ urllib: [0, 1, 2], boto: all(count), other: [0] }],
        urllib: [{}, {}, {}],
        boto: versions(count, (index) => ({ core: [index], transfer: all(count) })),
        transfer: versions(count, () => ({ core: all(count) })),
        core: versions(count, (index) => ({ urllib: index < 10 ? [0, 1, 2] : [0] })),
        other: [{ urllib: [2] }],
      },
      { fifo: true },
    );
    assert.ok(outcome.kind === "solved" && outcome.decisions.get("core") === 9);
    assert.ok(statistics.attempts < 2.5 * count, `${statistics.attempts}`);
  });

  test("solves thousands of packages and versions", () => {
    const packages = 3000;
    const universe: Record<string, readonly Record<string, readonly number[]>[]> = {
      root: [Object.fromEntries(all(20).map((index) => [`p${index}`, all(10)]))],
    };
    for (const index of all(packages)) {
      universe[`p${index}`] = versions(10, (version) =>
        Object.fromEntries(
          [index * 2 + 1, index * 3 + 2]
            .filter((other) => other < packages)
            .map((other) => [`p${other}`, all(10).filter((each) => each <= version)]),
        ),
      );
    }
    const before = computingTime();
    const { outcome, statistics } = solve(universe, { fifo: true });
    assert.equal(outcome.kind, "solved");
    assert.ok(statistics.attempts <= packages + 1);
    const took = computingTime() - before;
    assert.ok(took < 4000, `took ${took} ms`);
  });
});
