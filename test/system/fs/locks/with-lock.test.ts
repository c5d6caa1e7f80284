import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { formatHolder, thisHolder } from "../../../../src/system/fs/locks/holder.ts";
import { watchLock } from "../../../../src/system/fs/locks/lock-watch.ts";
import { withLock } from "../../../../src/system/fs/locks/with-lock.ts";

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

  test("takes over a lock of a process that has ended at once, whatever time it has", async () => {
    for (const age of [0, 60, -86_400]) {
      const path = sandbox();
      await withLock(path, async () => {});
      writeFileSync(path, `999999999 ${hostname()}\n`);
      const then = Date.now() / 1000 - age;
      utimesSync(path, then, then);
      assert.equal(await withLock(path, async () => "mine"), "mine");
      assert.equal(existsSync(path), false);
    }
  });

  test("waits for a lock of a running process on this machine, even if it was not touched for long", async () => {
    const path = sandbox();
    await withLock(path, async () => {});
    let release = (): void => {};
    const holding = withLock(path, () => new Promise<void>((resolve) => (release = resolve)));
    await setTimeout(50);
    utimesSync(path, 1, 1);
    let done = false;
    const waiting = withLock(path, async () => (done = true));
    await setTimeout(200);
    assert.equal(done, false);
    release();
    await holding;
    assert.equal(await waiting, true);
  });

  test("does not release a lock that was taken over meanwhile", async () => {
    const path = sandbox();
    await withLock(path, async () => writeFileSync(path, "1 another-machine\n"));
    assert.equal(readFileSync(path, "utf8"), "1 another-machine\n");
  });
});

describe("a lock that nobody releases", () => {
  /** Returns after how many seconds of watching, in steps of one second, the lock counts as abandoned. */
  async function abandonedAfter(text: string, touch?: (path: string) => void): Promise<number> {
    const path = join(mkdtempSync(join(root, "watched-")), "lock");
    writeFileSync(path, text);
    utimesSync(path, Date.now() / 1000 + 86_400, Date.now() / 1000 + 86_400);
    let seconds = 0;
    const watch = watchLock(path, () => seconds * 1000);
    for (; seconds < 400; seconds++) {
      if ((await watch.abandoned()) !== undefined) return seconds;
      if (seconds < 10) touch?.(path);
    }
    return Number.POSITIVE_INFINITY;
  }
  const own = thisHolder();

  for (const [what, text, least, most] of [
    [
      "of another machine is taken over after 15 seconds, even if its time is in the future",
      "1 elsewhere\n",
      15,
      17,
    ],
    ["that is empty is taken over after 15 seconds", "", 15, 17],
    ["of NUL bytes is taken over after 15 seconds", "\0".repeat(20), 15, 17],
    ["of a process that has ended is taken over at once", formatHolder({ ...own, pid: 999_999_999 }), 0, 0],
    [
      "of an earlier version, whose holder may be another process by now, is taken over after five minutes",
      `${process.pid} ${hostname()}\n`,
      300,
      302,
    ],
  ] as const) {
    test(what, async () => {
      const seconds = await abandonedAfter(text);
      assert.ok(seconds >= least && seconds <= most, `${seconds}`);
    });
  }

  test("of another machine is watched anew each time it is touched", async () => {
    let touches = 0;
    const seconds = await abandonedAfter("1 elsewhere\n", (path) => utimesSync(path, ++touches, touches));
    assert.ok(seconds >= 25 && seconds <= 27, `${seconds}`);
  });

  test("of a living process is never taken over", { skip: process.platform !== "linux" }, async () => {
    assert.equal(await abandonedAfter(formatHolder(own)), Number.POSITIVE_INFINITY);
  });

  test("of an earlier process with the number of a living one is taken over at once", {
    skip: process.platform !== "linux",
  }, async () => {
    const [boot = ""] = own.start.split(":");
    for (const start of [`${boot}:1`, "another-boot:1"])
      assert.equal(await abandonedAfter(formatHolder({ ...own, start })), 0);
  });
});
