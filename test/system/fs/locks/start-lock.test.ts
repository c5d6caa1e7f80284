import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { holdStart, withoutStarts } from "../../../../src/system/fs/locks/start-lock.ts";

const skip =
  typeof Bun === "undefined" || process.platform === "win32" ? "`flock` is called through Bun on Unix" : false;

describe("the lock of the store for starting programs", { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "posy-start-lock-"));
  after(() => rmSync(folder, { recursive: true }));

  test("is held by several that start, and cleaning waits for them", async () => {
    const releases = [await holdStart(folder), await holdStart(folder)];
    let cleaned = false;
    const cleaning = withoutStarts(folder, async () => {
      cleaned = true;
    });
    await sleep(60);
    assert.equal(cleaned, false);
    for (const release of releases) release();
    await cleaning;
    assert.equal(cleaned, true);
  });

  test("is not waited for longer than two seconds", async () => {
    const release = await holdStart(folder);
    assert.equal(await withoutStarts(folder, async () => 7), 7);
    release();
  });

  test("is released when cleaning fails", async () => {
    await assert.rejects(
      withoutStarts(folder, () => Promise.reject(new Error("no"))),
      /no/,
    );
    (await holdStart(folder))();
  });

  test("does nothing for a store that does not exist", async () => {
    const missing = join(folder, "missing");
    (await holdStart(missing))();
    assert.equal(await withoutStarts(missing, async () => 1), 1);
    mkdirSync(missing);
    (await holdStart(missing))();
  });
});
