import assert from "node:assert/strict";
import { test } from "node:test";
import { isTransientStatus, retryDelay } from "../../../src/system/http/retry-policy.ts";

test("another attempt may succeed if the server is slow, busy or broken, but not if it refuses", () => {
  const retried = [408, 425, 429, 500, 502, 503, 504, 506, 510, 520, 522, 599];
  const final = [200, 304, 400, 401, 403, 404, 407, 409, 410, 416, 424, 426, 428, 499, 501, 505, 511];
  for (const status of retried) assert.equal(isTransientStatus(status), true, String(status));
  for (const status of final) assert.equal(isTransientStatus(status), false, String(status));
});

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
  assert.equal(retryDelay(0, " 0 "), 0);
  assert.equal(retryDelay(0, "86400"), 30_000);
  assert.equal(retryDelay(0, "Mon, 01 Jan 2001 00:00:00 GMT"), 0);
  const soon = retryDelay(0, new Date(Date.now() + 5000).toUTCString());
  assert.ok(soon > 3000 && soon <= 5000);
  assert.equal(
    retryDelay(0, "soon", () => 1),
    200,
  );
});
