// Counts what commands do, since times on a busy machine say nothing. `npm run counts` records the numbers again.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import recorded from "../support/counts/recorded.json" with { type: "json" };
import { countedCases } from "../support/counts/cases.ts";
import { canTrace, countCase, type Counts } from "../support/counts/count-case.ts";
import { tooMany } from "../support/counts/compare-counts.ts";

// The sources open their own files, which differ from those of the compiled program.
const isCompiled = process.env["POSY_UNDER_TEST"] === "dist";
const isTraced = isCompiled && canTrace();
const numbers: Readonly<Record<string, Partial<Counts>>> = recorded;

describe("a command loads, asks, tries and opens no more than recorded", () => {
  for (const counted of countedCases) {
    test(counted.name, async () => {
      const before = numbers[counted.name];
      assert.ok(before, "nothing is recorded for it: `npm run counts` does that");
      const excess = tooMany(await countCase(counted, isTraced), before);
      assert.deepEqual(
        excess,
        [],
        `${excess.join("; ")}. If the additional work is needed, record it with \`npm run counts\``,
      );
    });
  }
});

const missing = isCompiled ? "strace" : "dist/posy";
test(
  isTraced ? "system calls are counted" : `system calls are not counted: that needs ${missing}`,
  { skip: !isTraced },
  () => assert.ok(isTraced),
);

test("no number is recorded for a case that there is not", () => {
  const names = countedCases.map(({ name }) => name);
  assert.deepEqual(
    Object.keys(recorded).filter((name) => !names.includes(name)),
    [],
  );
});

describe("tooMany", () => {
  const before: Counts = {
    modules: 34,
    kilobytes: 49,
    requests: 0,
    versions: 505,
    conflicts: 0,
    opened: 222,
    calls: 1021,
  };
  const changes: readonly (readonly [change: Partial<Counts>, says: readonly string[]])[] = [
    [{}, []],
    [{ modules: 33, opened: 100 }, []],
    [{ modules: 35 }, ["modules: 35, but 34 are recorded"]],
    [{ requests: 1 }, ["requests: 1, but 0 are recorded"]],
    [{ versions: 506 }, ["versions: 506, but 505 are recorded"]],
    [{ conflicts: 1, opened: 228 }, ["conflicts: 1, but 0 are recorded"]],
    [{ opened: 229 }, ["opened: 229, but 222 are recorded"]],
    [{ calls: 1034 }, []],
    [{ calls: 1041 }, ["calls: 1041, but 1021 are recorded"]],
  ];
  for (const [change, says] of changes) {
    test(`compares ${JSON.stringify(change)}`, () => {
      assert.deepEqual(tooMany({ ...before, ...change }, before), says);
    });
  }
});
