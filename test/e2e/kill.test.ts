import assert from "node:assert/strict";
import { test } from "node:test";
import { killAtMoments } from "../support/kill-moments.ts";

// The long version, with the interpreter too, is bench/kill.ts.
test("killed at any moment, the next run is right", { timeout: 300_000 }, async () => {
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
