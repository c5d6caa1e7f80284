import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { withLock } from "../../../src/system/fs/lock.ts";

const root = mkdtempSync(join(tmpdir(), "posy-lock-"));
after(() => rmSync(root, { recursive: true, force: true }));
const sandbox = () => join(mkdtempSync(join(root, "test-")), "deep", "lock");

describe("withLock", () => {
  test("runs one task at a time", async () => {
    const path = sandbox();
    let inside = 0;
    let most = 0;
    let waits = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await setTimeout(20);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 4 }, () => withLock(path, work, { onWait: () => (waits += 1) })));
    assert.deepEqual([most, waits], [1, 3]);
    assert.equal(existsSync(path), false);
  });

  test("releases the lock if the work fails", async () => {
    const path = sandbox();
    await assert.rejects(
      withLock(path, () => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.equal(await withLock(path, async () => 1), 1);
  });

  const abandoned: readonly (readonly [string, string, number])[] = [
    ["of a process that has ended", `999999999 ${hostname()}\n`, 0],
    ["that was not touched for a minute", `1 another-machine\n`, 60],
    ["that is empty and old", "", 60],
  ];
  for (const [title, text, age] of abandoned) {
    test(`takes over a lock ${title}`, async () => {
      const path = sandbox();
      await withLock(path, async () => {});
      writeFileSync(path, text);
      const then = Date.now() / 1000 - age;
      utimesSync(path, then, then);
      assert.equal(await withLock(path, async () => "mine"), "mine");
    });
  }

  test("waits for a lock of a running process on this machine", async () => {
    const path = sandbox();
    await withLock(path, async () => {});
    writeFileSync(path, `${process.ppid} ${hostname()}\n`);
    let done = false;
    const waiting = withLock(path, async () => (done = true));
    await setTimeout(200);
    assert.equal(done, false);
    writeFileSync(path, `999999999 ${hostname()}\n`);
    assert.equal(await waiting, true);
  });
});
