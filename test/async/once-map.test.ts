import assert from "node:assert/strict";
import { test } from "node:test";
import { OnceMap } from "../../src/async/once-map.ts";

/** Work that can be ended from outside, and counts how often it was started. */
function newWork() {
  const starts: { resolve(value: string): void; reject(error: Error): void }[] = [];
  const work = () =>
    new Promise<string>((resolve, reject) => {
      starts.push({ resolve, reject });
    });
  return { starts, work };
}

test("starts the work of a key once, also for callers that come while it is under way", async () => {
  const map = new OnceMap<string, string>();
  const { starts, work } = newWork();
  const both = [map.getOrStart("a", work), map.getOrStart("a", work)];
  starts[0]?.resolve("done");
  assert.deepEqual(await Promise.all([...both, map.getOrStart("a", work)]), ["done", "done", "done"]);
  assert.equal(starts.length, 1);
});

test("does the work of each key by itself", async () => {
  const map = new OnceMap<string, string>();
  const values = ["a", "b"].map((key) => map.getOrStart(key, async () => key));
  assert.deepEqual(await Promise.all(values), ["a", "b"]);
});

test("tells a failure to all that wait for it, and tries again afterwards", async () => {
  const map = new OnceMap<string, string>();
  const { starts, work } = newWork();
  const both = [map.getOrStart("a", work), map.getOrStart("a", work)];
  starts[0]?.reject(new Error("no"));
  for (const each of both) await assert.rejects(each, /no/);
  const again = map.getOrStart("a", work);
  starts[1]?.resolve("done");
  assert.equal(await again, "done");
});

test("starts the work again after `delete`, and keeps it when the work before fails", async () => {
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
