import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { holdStart, withoutStarts } from "../../../../src/system/fs/locks/start-lock.ts";

const skip =
  typeof Bun === "undefined" || process.platform === "win32"
    ? "`flock` is called through Bun on Unix"
    : false;

describe("the lock of the store for starting programs", { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "posy-start-lock-"));
  const env = join(folder, "envs-v1", "key");
  after(() => rmSync(folder, { recursive: true }));

  test("is held by several that start, and cleaning waits for them", async () => {
    const releases = [await holdStart(env), await holdStart(env)];
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
    const release = await holdStart(env);
    assert.equal(await withoutStarts(folder, async () => 7), 7);
    release();
  });

  test("is released when cleaning fails", async () => {
    await assert.rejects(
      withoutStarts(folder, () => Promise.reject(new Error("no"))),
      /no/,
    );
    (await holdStart(env))();
  });

  test("does nothing for a store that does not exist", async () => {
    const missing = join(folder, "missing");
    (await holdStart(join(missing, "envs-v1", "key")))();
    assert.equal(await withoutStarts(missing, async () => 1), 1);
    assert.equal(existsSync(missing), false);
  });

  test("makes no file beside an environment that is not in a store", async () => {
    const release = await holdStart(join(folder, "a", "usr"));
    mkdirSync(join(folder, "a"));
    (await holdStart(join(folder, "a", "usr")))();
    release();
    assert.deepEqual(readdirSync(join(folder, "a")), []);
  });
});
