import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { recordCacheInputs, isStillValid } from "../../../src/cli/warm-start/cache-inputs.ts";
import type { PosyEvent } from "../../../src/report/reporter.ts";
import { fingerprint } from "../../../src/system/fs/fingerprint.ts";

const soon = Date.now() + 600_000;
const page = (path: string, was: string, freshUntil = soon): PosyEvent => ({
  kind: "cache-input",
  file: [path, was],
  freshUntil,
});

function record(...events: readonly PosyEvent[]) {
  const passed: PosyEvent[] = [];
  const reporter = recordCacheInputs({ report: (event) => void passed.push(event), finish() {} });
  events.forEach((event) => reporter.report(event));
  assert.deepEqual(passed, events);
  return reporter.cacheInputs();
}

describe("recordCacheInputs", () => {
  test("returns all files that were read, and when the first of them expires", () => {
    const inputs = record(page("/a", "1"), page("/b", "2", soon - 1000), page("/a", "1"));
    const { made, ...others } = inputs ?? assert.fail("no inputs");
    assert.deepEqual(others, {
      files: [
        ["/a", "1"],
        ["/b", "2"],
      ],
      freshUntil: soon - 1000,
    });
    assert.ok(Math.abs(Date.now() - made) < 60_000, String(made));
  });

  const rows: readonly (readonly [string, readonly PosyEvent[]])[] = [
    ["no events", []],
    ["something that cannot be checked later", [page("/a", "1"), { kind: "cache-input", freshUntil: soon }]],
    ["a file that must be requested again each time", [page("/a", "1"), page("/b", "2", 0)]],
    ["a file that changed between two reads", [page("/a", "1"), page("/a", "2")]],
    ["a warning", [page("/a", "1"), { kind: "warning", message: "yanked" }]],
    ["only files without an expiry", [page("/a", "1", Number.POSITIVE_INFINITY)]],
  ];
  for (const [what, events] of rows) {
    test(`returns undefined for ${what}`, () => assert.equal(record(...events), undefined));
  }

  test("records inputs in spite of events that do not change the answer", () => {
    const inputs = record({ kind: "debug", message: "looked" }, page("/a", "1"), {
      kind: "warning",
      message: "a setting has no effect",
      about: "settings",
    });
    assert.deepEqual(inputs?.files, [["/a", "1"]]);
  });

  test("isStillValid is true until a file changes or expires", () => {
    const folder = mkdtempSync(join(tmpdir(), "posy-inputs-"));
    try {
      const path = join(folder, "page");
      writeFileSync(path, "one");
      const files = [[path, fingerprint(path)]] as const;
      const made = Date.now();
      assert.equal(isStillValid({ files, made, freshUntil: soon }), true);
      assert.equal(isStillValid({ files, made, freshUntil: Date.now() }), false);
      // The clock was set back.
      assert.equal(isStillValid({ files, made: soon, freshUntil: soon + 600_000 }), false);
      writeFileSync(path, "another");
      assert.equal(isStillValid({ files, made, freshUntil: soon }), false);
      rmSync(path);
      assert.equal(isStillValid({ files, made, freshUntil: soon }), false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
