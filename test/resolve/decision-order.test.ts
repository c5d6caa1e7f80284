import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { BitSet } from "../../src/solver/bit-set.ts";
import { Solver } from "../../src/solver/solver.ts";
import { GreedySolver } from "../../src/solver/greedy-solver.ts";
import { MetadataIndex, type MetadataRequest } from "../../src/resolve/metadata-index.ts";
import type { Node } from "../../src/resolve/node.ts";
import type { Reason } from "../../src/resolve/candidates/reason.ts";
import { ResolveProvider } from "../../src/resolve/resolve-provider.ts";
import { makeTarget } from "../../src/resolve/target.ts";
import { briefOf } from "../support/brief.ts";
import { type FakeIndex, fakePackageDB } from "../support/fake-package-db.ts";
import { recordingReporter } from "../support/recording-reporter.ts";
import { contextOf, resolving } from "./resolving.ts";

test("the solver decides a package earlier if it keeps conflicting, even if it is pinned", async () => {
  const pinning = Object.fromEntries(
    Array.from({ length: 10 }, (_, patch) => [`2.0.${patch}`, { requires: ["a==1.0.0"] }]),
  );
  const index: FakeIndex = {
    a: { "1.0.0": {}, "2.0.0": {} },
    b: { "1.0.0": { requires: ["old"] }, ...pinning },
    old: { "1.0": {} },
  };
  assert.deepEqual((await resolving(index, { with: ["a", "b"] })).pins, ["a==1.0.0", "b==2.0.9"]);
  assert.deepEqual((await resolving(index, { with: ["b", "a"] })).pins, ["a==1.0.0", "b==2.0.9"]);
});

const names = ["a", "b", "c", "d", "e"] as const;
const versions = ["1.0", "2.0b1", "2.0", "3.0rc1"] as const;
const requirements = fc.uniqueArray(
  fc
    .tuple(
      fc.constantFrom(...names),
      fc.constantFrom("", "", "[x]"),
      fc.constantFrom("", "", ">=2.0b1", "<3", "==2.0", "==2.0b1", "!=2.0", ">2.0"),
    )
    .map(([name, extra, bound]) => name + extra + bound),
  { maxLength: 3 },
);
const packages = fc
  .uniqueArray(fc.constantFrom(...versions), { minLength: 1 })
  .chain((there) =>
    fc
      .tuple(...there.map(() => fc.tuple(requirements, requirements)))
      .map((all) =>
        Object.fromEntries(
          all.map(([own, ofExtra], at) => [
            there[at] as string,
            { requires: [...own, ...ofExtra.map((each) => `${each}; extra == 'x'`)], extras: ["x"] },
          ]),
        ),
      ),
  );
const indexes: fc.Arbitrary<FakeIndex> = fc
  .tuple(...names.map(() => packages))
  .map((all) => Object.fromEntries(all.map((each, at) => [names[at] as string, each])));

type Walk = Pick<
  | GreedySolver<Node, BitSet, number, Reason, MetadataRequest>
  | Solver<Node, BitSet, number, Reason, MetadataRequest>,
  "run"
>;

/** Runs the greedy or the full solver over the same index. */
async function run(index: FakeIndex, asked: readonly string[], start: (provider: ResolveProvider) => Walk) {
  const context = contextOf(fakePackageDB(index), recordingReporter(), {});
  const [interpreter] = await context.interpreters(undefined, "linux-x86_64");
  assert.ok(interpreter);
  const facts = new MetadataIndex(context);
  const target = makeTarget(interpreter, context.machine);
  const walk = start(new ResolveProvider(briefOf(asked), target, facts, new Map(), false));
  for (;;) {
    const outcome = walk.run();
    if (outcome.kind !== "needs") return outcome;
    for (const need of outcome.what) await facts.load(need, interpreter);
  }
}

function named(decisions: ReadonlyMap<Node, number>): readonly string[] {
  return [...decisions].map(([node, index]) =>
    node.kind === "root" ? "root" : `${node.name}${node.kind === "extra" ? "[x]" : ""} ${index}`,
  );
}

test("the greedy and the full solver decide the same packages in the same order", async () => {
  let through = 0;
  await fc.assert(
    fc.asyncProperty(indexes, requirements, async (index, asked) => {
      const straight = await run(
        index,
        asked,
        (provider) => new GreedySolver(provider, provider.nodes.root, 0),
      );
      if (straight.kind !== "solved") return;
      through += 1;
      const solved = await run(index, asked, (provider) => new Solver(provider, provider.nodes.root, 0));
      assert.equal(solved.kind, "solved");
      assert.deepEqual(named(straight.decisions), solved.kind === "solved" && named(solved.decisions));
    }),
    { numRuns: 1000, seed: 3 },
  );
  assert.ok(through > 200, `${through} through`);
});
