import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { createSemaphore } from "../../src/async/semaphore.ts";

test("a semaphore runs no more tasks at once than it has slots", async () => {
  const semaphore = createSemaphore(2);
  let running = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 7 }, () =>
      semaphore.run(async () => {
        running += 1;
        most = Math.max(most, running);
        await setTimeout(2);
        running -= 1;
      }),
    ),
  );
  assert.equal(most, 2);
});

test("a semaphore with one slot runs nested tasks, because a waiting task yields its slot", async () => {
  const semaphore = createSemaphore(1);
  const nested = (depth: number): Promise<number> =>
    semaphore.run(async (yieldWhile) => (depth === 0 ? 0 : 1 + (await yieldWhile(() => nested(depth - 1)))));
  assert.deepEqual(await Promise.all([nested(5), nested(3), nested(0)]), [5, 3, 0]);
});

test("a semaphore gets a slot back after a failure, also while the task yields", async () => {
  const semaphore = createSemaphore(1);
  const failing = () => Promise.reject(new Error("no"));
  await assert.rejects(semaphore.run(failing));
  await assert.rejects(semaphore.run((yieldWhile) => yieldWhile(failing)));
  assert.equal(await semaphore.run(async () => 1), 1);
});

test("a semaphore starts waiting tasks in the order in which they came, before new tasks", async () => {
  const semaphore = createSemaphore(1);
  const started: string[] = [];
  const task = (name: string) => semaphore.run(async () => void started.push(name));
  const newcomer = semaphore.run(async () => void started.push("first")).then(() => task("newcomer"));
  await Promise.all([newcomer, task("second"), task("third")]);
  assert.deepEqual(started, ["first", "second", "third", "newcomer"]);
});

test("a semaphore has at least one slot", async () => {
  assert.equal(await createSemaphore(0).run(async () => 1), 1);
});
