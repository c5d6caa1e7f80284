import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Solver } from "../../src/solver/solver.ts";
import { GreedySolver } from "../../src/solver/greedy-solver.ts";
import { providerOf, root, solve, type Universe } from "./universe.ts";

const packages = ["a", "b", "c", "d", "e"];
/** Mostly all versions are allowed, since a greedy walk ends soon if everything conflicts. */
const allowed = fc.constantFrom([0, 1, 2], [0, 1, 2], [1, 2], [2], [0, 1], [0]);
const dependencies = fc.dictionary(fc.constantFrom(...packages), allowed, { maxKeys: 3 });
const universes: fc.Arbitrary<Universe> = fc
  .tuple(dependencies, ...packages.map(() => fc.tuple(dependencies, dependencies, dependencies)))
  .map(([first, ...rest]) => ({
    root: [first],
    ...Object.fromEntries(packages.map((name, at) => [name, rest[at] ?? []])),
  }));

function walk(universe: Universe, options: Parameters<typeof providerOf>[1]) {
  const straight = new GreedySolver(providerOf(universe, options), root, 0);
  let outcome = straight.run();
  while (outcome.kind === "needs") outcome = straight.run();
  return { outcome, statistics: straight.statistics };
}

test("if the greedy solver meets no conflict, it finds the solution of the full solver", () => {
  let through = 0;
  let crossed = 0;
  fc.assert(
    fc.property(universes, fc.boolean(), fc.boolean(), (universe, stutter, fifo) => {
      const { outcome } = walk(universe, { stutter, fifo });
      if (outcome.kind !== "solved") {
        crossed += 1;
        return;
      }
      through += 1;
      const solved = solve(universe, { stutter, fifo });
      assert.equal(solved.outcome.kind, "solved");
      assert.deepEqual(outcome.decisions, solved.outcome.kind === "solved" && solved.outcome.decisions);
      assert.equal(solved.statistics.conflicts, 0);
    }),
    { numRuns: 5000, seed: 1 },
  );
  assert.ok(through > 500 && crossed > 500, `${through} through, ${crossed} crossed`);
});

test("the greedy solver finds every solution that the full solver finds without a conflict", () => {
  fc.assert(
    fc.property(universes, (universe) => {
      const { outcome, statistics } = solve(universe, { fifo: true });
      if (outcome.kind !== "solved" || statistics.attempts > outcome.decisions.size) return;
      const straight = walk(universe, { fifo: true });
      assert.equal(straight.outcome.kind, "solved");
      assert.deepEqual(straight.statistics, statistics);
    }),
    { numRuns: 2000, seed: 2 },
  );
});

test("priorities are computed in linear time", () => {
  const size = 2000;
  const plain = Array.from({ length: size }, (_, at) => `p${at}`);
  const universe: Universe = {
    root: [Object.fromEntries(plain.map((name) => [name, [0]]))],
    ...Object.fromEntries(plain.map((name) => [name, [{}]])),
  };
  const counted = () => {
    const provider = providerOf(universe, { fifo: true });
    let asked = 0;
    const counting: typeof provider = {
      ...provider,
      prioritize: (...of) => {
        asked += 1;
        return provider.prioritize(...of);
      },
    };
    return { counting, asked: () => asked };
  };
  for (const Way of [GreedySolver, Solver]) {
    const { counting, asked } = counted();
    assert.equal(new Way(counting, root, 0).run().kind, "solved");
    assert.ok(asked() <= 2 * size, `${Way.name} asked ${asked()} times for ${size} packages`);
  }
});

test("a solver that is stopped after each step finds the same solution", () => {
  fc.assert(
    fc.property(universes, (universe) => {
      for (const Way of [GreedySolver, Solver]) {
        const whole = new Way(providerOf(universe, { fifo: true }), root, 0);
        const stopped = new Way(providerOf(universe, { fifo: true }), root, 0);
        let steps = 0;
        let outcome = stopped.runUntil(() => steps++ % 2 === 1);
        while (outcome === undefined) outcome = stopped.runUntil(() => steps++ % 2 === 1);
        const expected = whole.run();
        assert.equal(outcome.kind, expected.kind);
        assert.deepEqual(
          outcome.kind === "solved" && outcome.decisions,
          expected.kind === "solved" && expected.decisions,
        );
        assert.deepEqual(stopped.statistics, whole.statistics);
      }
    }),
    { numRuns: 500, seed: 4 },
  );
});

test("the greedy solver stops if a decided package is required in another version", () => {
  const universe: Universe = {
    root: [{ a: [0, 1], b: [0] }],
    a: [{}, { b: [1] }],
    b: [{}, {}],
  };
  assert.equal(walk(universe, {}).outcome.kind, "conflict");
});
