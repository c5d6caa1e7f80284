import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { DecisionQueue } from "../../src/solver/decision-queue.ts";

const names = ["a", "b", "c", "d", "e", "f"];
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("add" as const), name: fc.constantFrom(...names) }),
    fc.record({ kind: fc.constant("delete" as const), name: fc.constantFrom(...names) }),
    fc.record({
      kind: fc.constant("change" as const),
      name: fc.constantFrom(...names),
      priority: fc.integer({ min: -3, max: 3 }),
    }),
    fc.record({ kind: fc.constant("first" as const) }),
  ),
  { maxLength: 60 },
);

test("the first package has the highest priority, and among equals it has waited longest", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const queue = new DecisionQueue<string>();
      const waiting = new Set<string>();
      const priorities = new Map<string, number>();
      const priorityOf = (name: string) => priorities.get(name) ?? 0;
      for (const step of all) {
        if (step.kind === "add") {
          queue.add(step.name);
          waiting.add(step.name);
        } else if (step.kind === "delete") {
          queue.delete(step.name);
          waiting.delete(step.name);
        } else if (step.kind === "change") {
          priorities.set(step.name, step.priority);
          queue.touch(step.name);
        } else {
          const highest = Math.max(...[...waiting].map(priorityOf));
          const expected = [...waiting].find((name) => priorityOf(name) === highest);
          assert.equal(queue.first(priorityOf), expected);
        }
      }
    }),
    { numRuns: 3000, seed: 1 },
  );
});

test("the queue computes a priority again only after the package was touched", () => {
  const queue = new DecisionQueue<number>();
  let asked = 0;
  const prioritize = (name: number) => {
    asked += 1;
    return -name;
  };
  for (let name = 0; name < 1000; name++) queue.add(name);
  for (let name = 0; name < 1000; name++) {
    assert.equal(queue.first(prioritize), name);
    queue.delete(name);
  }
  assert.equal(queue.first(prioritize), undefined);
  assert.equal(asked, 1000);
});
