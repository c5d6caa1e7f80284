import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import type { Worker } from "node:worker_threads";
import { PosyError } from "../../../../src/errors/posy-error.ts";
import { toPlainError } from "../../../../src/forest/wheels/unpack/unpack-message.ts";
import { openUnpackPool } from "../../../../src/forest/wheels/unpack/unpack-pool.ts";
import type { UnpackJob } from "../../../../src/forest/wheels/unpack/wheel-writer.ts";
import { makeWheel } from "../../../support/make-wheel.ts";

const root = mkdtempSync(join(tmpdir(), "posy-pool-"));
after(() => rmSync(root, { recursive: true, force: true }));

/** Random bytes stay large when they are compressed: a small wheel would not start a thread. */
const noise = crypto.getRandomValues(new Uint8Array(60_000));
const large = Buffer.concat(Array.from({ length: 6 }, (_, index) => noise.map((byte) => byte ^ index)));
let count = 0;

function job(files: Readonly<Record<string, string | Uint8Array>>): UnpackJob {
  const wheel = makeWheel({ name: "a", files });
  const into = join(root, `into-${++count}`);
  mkdirSync(into);
  const archive = join(root, `${count}.whl`);
  writeFileSync(archive, wheel.bytes);
  return { archive, filename: wheel.filename, into };
}
const largeJob = () => job({ "a.py": "x = 1", "large.bin": large });
const smallJob = () => job({ "a.py": "x = 1" });

/** A thread that runs a function of the test for each job. */
class FakeThread extends EventEmitter {
  readonly jobs: UnpackJob[] = [];
  terminated = false;
  readonly #act: (thread: FakeThread, job: UnpackJob) => void;
  constructor(act: (thread: FakeThread, job: UnpackJob) => void) {
    super();
    this.#act = act;
  }
  postMessage(message: UnpackJob): void {
    this.jobs.push(message);
    setImmediate(() => this.#act(this, message));
  }
  ref(): void {}
  unref(): void {}
  async terminate(): Promise<number> {
    this.terminated = true;
    this.emit("exit", 1);
    return 1;
  }
}

/** Returns a pool whose threads run a function of the test, and the list of started threads. */
function poolOf(threads: number, act: (thread: FakeThread, job: UnpackJob) => void) {
  const started: FakeThread[] = [];
  const pool = openUnpackPool(threads, () => {
    const thread = new FakeThread(act);
    started.push(thread);
    return thread as unknown as Worker;
  });
  return { pool, started };
}

const succeed = (thread: FakeThread, { filename }: UnpackJob) =>
  thread.emit("message", { kind: "done", wheel: { manifest: { filename }, warnings: [] } });

describe("a thread that ends without a reply", () => {
  for (const [how, end] of Object.entries({
    "because it exits": (thread: FakeThread) => thread.emit("exit", 1),
    "because of an error": (thread: FakeThread) => thread.emit("error", new Error("out of memory")),
  })) {
    test(`is replaced by the main thread, ${how}`, async () => {
      const { pool, started } = poolOf(2, (thread, { into }) => {
        writeFileSync(join(into, "half"), "");
        mkdirSync(join(into, "site"));
        end(thread);
      });
      const first = largeJob();
      const { manifest } = await pool.unpack(first);
      assert.equal(manifest.name, "a");
      assert.ok(!existsSync(join(first.into, "half")));
      assert.equal(readFileSync(join(first.into, "site", "a.py"), "utf8"), "x = 1");
      // No other thread is tried: it would end in the same way.
      const second = largeJob();
      await pool.unpack(second);
      assert.ok(existsSync(join(second.into, "site", "large.bin")));
      assert.equal(started.flatMap(({ jobs }) => jobs).length, 1);
      await pool.close();
    });
  }

  test("is not replaced if the pool was closed meanwhile", async () => {
    const { pool, started } = poolOf(1, () => {});
    const waiting = pool.unpack(largeJob());
    const refused = assert.rejects(waiting, { code: "bug", message: /closed while it unpacked/ });
    while (started[0]?.jobs.length !== 1) await new Promise((resolve) => setImmediate(resolve));
    await pool.close();
    await refused;
    assert.ok(started[0]?.terminated);
    await assert.rejects(pool.unpack(smallJob()), { code: "bug" });
  });
});

describe("a pool of threads", () => {
  test("starts no thread for a small wheel, and none if its limit is zero", async () => {
    const { pool, started } = poolOf(2, succeed);
    await pool.unpack(smallJob());
    assert.equal(started.length, 0);
    const none = poolOf(0, succeed);
    await none.pool.unpack(largeJob());
    assert.equal(none.started.length, 0);
  });

  test("gives a small wheel to a thread that is already running", async () => {
    const { pool, started } = poolOf(1, succeed);
    await pool.unpack(largeJob());
    await pool.unpack(smallJob());
    assert.equal(started[0]?.jobs.length, 2);
    await pool.close();
  });

  test("reuses threads, and does not exceed its limit", async () => {
    const { pool, started } = poolOf(2, succeed);
    await Promise.all(Array.from({ length: 5 }, () => pool.unpack(largeJob())));
    assert.equal(started.length, 2);
    assert.equal(started.flatMap(({ jobs }) => jobs).length, 5);
    assert.deepEqual(
      started.map((thread) => thread.listenerCount("message")),
      [0, 0],
    );
    await pool.close();
    assert.ok(started.every(({ terminated }) => terminated));
  });

  test("reuses a thread that refused a wheel, and throws the error of the thread", async () => {
    const error = new PosyError("invalid-wheel", "broken", { hint: "tell them" });
    let isFirst = true;
    const { pool, started } = poolOf(1, (thread, message) => {
      if (isFirst) thread.emit("message", { kind: "failed", error: toPlainError(error) });
      else succeed(thread, message);
      isFirst = false;
    });
    await assert.rejects(pool.unpack(largeJob()), {
      code: "invalid-wheel",
      message: "broken",
      hint: "tell them",
    });
    await pool.unpack(largeJob());
    assert.equal(started.length, 1);
    await pool.close();
  });

  test("passes on the progress of its threads", async () => {
    const { pool } = poolOf(1, (thread, message) => {
      thread.emit("message", { kind: "progress", done: 1, total: 2 });
      succeed(thread, message);
    });
    const seen: (readonly number[])[] = [];
    await pool.unpack(largeJob(), (done, total) => seen.push([done, total]));
    assert.deepEqual(seen, [[1, 2]]);
    await pool.close();
  });

  test("unpacks on the main thread if the runtime starts no threads", async () => {
    const pool = openUnpackPool(2, () => undefined);
    const first = largeJob();
    await pool.unpack(first);
    assert.ok(existsSync(join(first.into, "site", "a.py")));
    await pool.close();
  });
});
