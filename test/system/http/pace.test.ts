import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TransportFailure } from "../../../src/system/http/http-failure.ts";
import { startPace } from "../../../src/system/http/pace.ts";

type Part = readonly [bytes: number, milliseconds: number];

/** Returns the number of the part at which a body with windows of one second is too slow. */
function tooSlowAt(parts: readonly Part[]): number | undefined {
  const pace = startPace(1000);
  for (const [index, [bytes, milliseconds]] of parts.entries()) {
    try {
      pace.add(bytes, milliseconds);
    } catch (error) {
      assert.ok(error instanceof TransportFailure);
      assert.equal(error.message, "it sends less than 100 bytes a second");
      return index;
    }
  }
  return undefined;
}

describe("the minimum speed of 100 bytes a second", () => {
  const cases: readonly (readonly [string, readonly Part[], number | undefined])[] = [
    ["is just kept", [[100, 1000]], undefined],
    ["is just missed", [[99, 1000]], 0],
    ["counts only over a whole window", [[0, 999]], undefined],
    [
      "is missed at the end of the window",
      [
        [0, 999],
        [99, 1],
      ],
      1,
    ],
    [
      "is the mean of a window",
      [
        [0, 500],
        [100, 500],
      ],
      undefined,
    ],
    ["is the mean of a longer wait", [[299, 3000]], 0],
    [
      "is not kept by the bytes of an earlier window",
      [
        [1_000_000, 1000],
        [99, 1000],
      ],
      1,
    ],
    [
      "is not missed because of the time of an earlier window",
      [
        [100, 1000],
        [0, 999],
      ],
      undefined,
    ],
  ];
  for (const [title, parts, expected] of cases) {
    test(title, () => assert.equal(tooSlowAt(parts), expected));
  }

  test("comes with the time that was spent waiting, over all windows", () => {
    const pace = startPace(1000);
    assert.equal(pace.waited, 0);
    pace.add(1000, 1500);
    assert.equal(pace.waited, 1500);
    pace.add(0, 400);
    assert.equal(pace.waited, 1900);
    pace.add(1000, 600);
    assert.equal(pace.waited, 2500);
  });
});
