import assert from "node:assert/strict";
import { test } from "node:test";
import { killAtMoments } from "../support/kill-moments.ts";

// bench/kill.ts does the same for longer, and also while an interpreter is unpacked.
test("a run after a killed run works, whenever it was killed", { timeout: 300_000 }, async () => {
  const tallies = await killAtMoments({
    moments: 12,
    modes: ["cold", "filled cache", "filled store", "warm"],
    seed: Date.now() % 1_000_000,
  });
  assert.deepEqual(
    tallies.flatMap(({ wrong }) => wrong),
    [],
  );
  assert.equal(
    tallies.reduce((sum, { moments }) => sum + moments, 0),
    12,
  );
});
