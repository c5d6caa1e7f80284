import assert from "node:assert/strict";
import { test } from "node:test";
import { retryDelay } from "../../../src/system/http/retry-policy.ts";

test("the delay doubles with each attempt, minus a random half", () => {
  const most = [0, 1, 2, 3].map((attempt) => retryDelay(attempt, null, () => 1));
  const least = [0, 1, 2, 3].map((attempt) => retryDelay(attempt, null, () => 0));
  assert.deepEqual(
    [most, least],
    [
      [200, 400, 800, 1600],
      [100, 200, 400, 800],
    ],
  );
  assert.equal(
    retryDelay(40, null, () => 1),
    30_000,
  );
});

test("Retry-After is obeyed up to 30 seconds", () => {
  assert.equal(retryDelay(0, "2"), 2000);
  assert.equal(retryDelay(0, "86400"), 30_000);
  assert.equal(retryDelay(0, "Mon, 01 Jan 2001 00:00:00 GMT"), 0);
  const soon = retryDelay(0, new Date(Date.now() + 5000).toUTCString());
  assert.ok(soon > 3000 && soon <= 5000);
  assert.equal(
    retryDelay(0, "soon", () => 1),
    200,
  );
});
