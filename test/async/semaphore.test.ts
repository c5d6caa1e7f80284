import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { createSemaphore } from "../../src/async/semaphore.ts";

test("no more tasks run at once than there are places", async () => {
  const turns = createSemaphore(2);
  let running = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 7 }, () =>
      turns.run(async () => {
        running += 1;
        most = Math.max(most, running);
        await setTimeout(2);
        running -= 1;
      }),
    ),
  );
  assert.equal(most, 2);
});

test("a task that waits for another gives its place away: deep chains end even with one place", async () => {
  const turns = createSemaphore(1);
  const nested = (depth: number): Promise<number> =>
    turns.run(async (aside) => (depth === 0 ? 0 : 1 + (await aside(() => nested(depth - 1)))));
  assert.deepEqual(await Promise.all([nested(5), nested(3), nested(0)]), [5, 3, 0]);
});

test("a failure gives the place back, aside too", async () => {
  const turns = createSemaphore(1);
  const failing = () => Promise.reject(new Error("no"));
  await assert.rejects(turns.run(failing));
  await assert.rejects(turns.run((aside) => aside(failing)));
  assert.equal(await turns.run(async () => 1), 1);
});
