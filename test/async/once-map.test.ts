import assert from "node:assert/strict";
import { test } from "node:test";
import { OnceMap } from "../../src/async/once-map.ts";

/** Work that the test ends, and that counts how often it was started. */
function newWork() {
  const starts: { resolve(value: string): void; reject(error: Error): void }[] = [];
  const work = () =>
    new Promise<string>((resolve, reject) => {
      starts.push({ resolve, reject });
    });
  return { starts, work };
}

test("a once-map starts the work of a key once, also for callers that come while it runs", async () => {
  const map = new OnceMap<string, string>();
  const { starts, work } = newWork();
  const both = [map.getOrStart("a", work), map.getOrStart("a", work)];
  starts[0]?.resolve("done");
  assert.deepEqual(await Promise.all([...both, map.getOrStart("a", work)]), ["done", "done", "done"]);
  assert.equal(starts.length, 1);
});

test("a once-map does the work of each key separately", async () => {
  const map = new OnceMap<string, string>();
  const values = ["a", "b"].map((key) => map.getOrStart(key, async () => key));
  assert.deepEqual(await Promise.all(values), ["a", "b"]);
});

test("a once-map passes a failure to all waiting callers, and tries again afterwards", async () => {
  const map = new OnceMap<string, string>();
  const { starts, work } = newWork();
  const both = [map.getOrStart("a", work), map.getOrStart("a", work)];
  starts[0]?.reject(new Error("no"));
  for (const each of both) await assert.rejects(each, /no/);
  const again = map.getOrStart("a", work);
  starts[1]?.resolve("done");
  assert.equal(await again, "done");
});

test("a once-map starts new work after `delete`, and keeps it if the deleted work fails", async () => {
  const map = new OnceMap<string, string>();
  const { starts, work } = newWork();
  const before = map.getOrStart("a", work);
  map.delete("a");
  const after = map.getOrStart("a", work);
  starts[0]?.reject(new Error("no"));
  await assert.rejects(before, /no/);
  starts[1]?.resolve("done");
  assert.equal(await after, "done");
  assert.equal(await map.getOrStart("a", work), "done");
  assert.equal(starts.length, 2);
});
