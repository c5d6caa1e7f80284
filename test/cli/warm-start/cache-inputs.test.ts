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

function heard(...events: readonly PosyEvent[]) {
  const passed: PosyEvent[] = [];
  const reporter = recordCacheInputs({ report: (event) => void passed.push(event), finish() {} });
  events.forEach((event) => reporter.report(event));
  assert.deepEqual(passed, events);
  return reporter.cacheInputs();
}

describe("what an answer rests on", () => {
  test("is all files that were read, until the first of them is to be asked for again", () => {
    const ground = heard(page("/a", "1"), page("/b", "2", soon - 1000), page("/a", "1"));
    assert.deepEqual(ground, {
      files: [
        ["/a", "1"],
        ["/b", "2"],
      ],
      freshUntil: soon - 1000,
    });
  });

  const rows: readonly (readonly [string, readonly PosyEvent[]])[] = [
    ["nothing that was heard of", []],
    ["something of which nobody can tell", [page("/a", "1"), { kind: "cache-input", freshUntil: soon }]],
    ["a file that is to be asked for each time", [page("/a", "1"), page("/b", "2", 0)]],
    ["a file that was replaced in between", [page("/a", "1"), page("/a", "2")]],
    ["more than files: a person was warned", [page("/a", "1"), { kind: "warning", message: "yanked" }]],
    ["an age that nobody asked about", [page("/a", "1", Number.POSITIVE_INFINITY)]],
  ];
  for (const [what, events] of rows) {
    test(`is not to be remembered: ${what}`, () => assert.equal(heard(...events), undefined));
  }

  test("holds as long as the files are as they were, and the time is not over", () => {
    const folder = mkdtempSync(join(tmpdir(), "posy-ground-"));
    try {
      const path = join(folder, "page");
      writeFileSync(path, "one");
      const files = [[path, fingerprint(path)]] as const;
      assert.equal(isStillValid({ files, freshUntil: soon }), true);
      assert.equal(isStillValid({ files, freshUntil: Date.now() }), false);
      writeFileSync(path, "another");
      assert.equal(isStillValid({ files, freshUntil: soon }), false);
      rmSync(path);
      assert.equal(isStillValid({ files, freshUntil: soon }), false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
