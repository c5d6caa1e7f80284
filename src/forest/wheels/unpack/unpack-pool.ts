import { mkdirSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { createSemaphore } from "../../../async/index.ts";
import { PosyError } from "../../../errors/posy-error.ts";
import { removeAllSync, statIfThere } from "../../../system/fs/index.ts";
import { startWorker } from "../../../system/process/index.ts";
import type { Damage } from "../../damage/index.ts";
import { fileListName } from "../file-list.ts";
import { fromPlainError, type UnpackReply, type UnpackRequest } from "./unpack-message.ts";
import { type UnpackedWheel, unpackWheel } from "./unpack-wheel.ts";
import { runVerifyJob, type VerifyJob } from "./verify-job.ts";
import type { UnpackJob } from "./wheel-writer.ts";

export interface UnpackPool {
  unpack(job: UnpackJob, progress?: (done: number, total: number) => void): Promise<UnpackedWheel>;
  /** Compares an entry of the store or a file of the cache with what it must be. Returns what is wrong. */
  verify(job: VerifyJob): Promise<readonly Damage[]>;
  /** Ends the threads. */
  close(): Promise<void>;
}

/** Bytes. While no thread runs, a wheel up to this size is unpacked here: starting a thread would take as long. */
const smallLimit = 256 * 1024;

/**
 * Unpacks wheels in threads, by default one per core and at most eight, each started when it is first needed. If
 * threads are not available (`startWorker`), it unpacks on the main thread and regularly yields to other tasks.
 *
 * Measured with 93 wheels (numpy, scipy, JupyterLab: 314 MB, 14,000 files) on two cores, wall time in seconds, the
 * best of six alternating runs; uv 0.13 with its linking, which is 0.1 of it:
 *
 *                     main thread   2 threads   uv
 *     tmpfs              1.45         0.83      1.38
 *     ext4, quiet        1.5          1.6       1.7
 *     ext4, in use       3.9          4.1       8.4
 *
 * On ext4 threads gain nothing: two threads that create files at once spend twice the system time of one. Letting only
 * one thread create files at a time made it worse. Asynchronous writing from one thread took as long as synchronous.
 */
export function openUnpackPool(
  threads = Math.min(8, availableParallelism()),
  startThread: typeof startWorker = startWorker,
): UnpackPool {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const semaphore = createSemaphore(threads);
  let broken = threads < 1;
  let closed = false;

  const yieldToOthers = async () => {
    await setImmediate();
    stopIfClosed();
  };
  const stopIfClosed = () => {
    if (closed) throw new PosyError("bug", "the forest was closed while it unpacked");
  };
  const start = (): Worker | undefined => {
    const worker = startThread("forest/wheels/unpack/unpack-worker");
    if (worker === undefined) broken = true;
    else all.add(worker);
    return worker;
  };
  /**
   * Sends a request to a free thread. Returns "lost" if there is none and the work has to be done here. At most
   * `threads` of these run at once, so that a thread is idle, or one may be started.
   */
  const askFreeThread = async (request: UnpackRequest, progress?: Progress): Promise<FinalReply | "lost"> => {
    stopIfClosed();
    const worker = broken ? undefined : (idle.pop() ?? start());
    if (worker === undefined) return "lost";
    const reply = await ask(worker, request, progress);
    if (reply === "lost") {
      stopIfClosed();
      broken = true;
      all.delete(worker);
      return "lost";
    }
    worker.unref();
    idle.push(worker);
    if (reply.kind === "failed") throw fromPlainError(reply.error);
    return reply;
  };
  const unpackInFreeThread = async (job: UnpackJob, progress: Progress): Promise<UnpackedWheel> => {
    const reply = await askFreeThread(job, progress);
    if (reply !== "lost" && reply.kind === "done") return reply.wheel;
    removeAllSync(job.into);
    mkdirSync(job.into);
    return unpackHere(job, progress, yieldToOthers);
  };
  const verifyInFreeThread = async (job: VerifyJob): Promise<readonly Damage[]> => {
    const reply = await askFreeThread(job);
    return reply !== "lost" && reply.kind === "verified" ? reply.damages : runVerifyJob(job, yieldToOthers);
  };

  return {
    async unpack(job, progress) {
      stopIfClosed();
      const isSmall = () => statSync(job.archive).size <= smallLimit;
      if (broken || (all.size === 0 && isSmall())) return unpackHere(job, progress, yieldToOthers);
      return semaphore.run(() => unpackInFreeThread(job, progress));
    },
    async verify(job) {
      stopIfClosed();
      if (broken || (all.size === 0 && isQuick(job))) return runVerifyJob(job, yieldToOthers);
      return semaphore.run(() => verifyInFreeThread(job));
    },
    async close() {
      closed = true;
      const workers = [...all];
      all.clear();
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

type Progress = ((done: number, total: number) => void) | undefined;

function unpackHere(
  job: UnpackJob,
  progress: Progress,
  yieldToOthers: () => Promise<void>,
): Promise<UnpackedWheel> {
  return unpackWheel(job, { ...(progress ? { progress } : {}), yieldToOthers });
}

/** Whether a job takes less time than starting a thread: a wheel with at most some hundred files. */
function isQuick(job: VerifyJob): boolean {
  if (job.verify !== "wheel" || job.full) return false;
  const list = statIfThere(join(job.path, fileListName));
  return list === undefined || list.size <= 32 * 1024;
}

type FinalReply = Exclude<UnpackReply, { kind: "progress" }>;

/** Returns "lost" if the thread ended without a reply: it could not be loaded, or ran out of memory. */
function ask(worker: Worker, request: UnpackRequest, progress: Progress): Promise<FinalReply | "lost"> {
  return new Promise((resolve) => {
    const settle = (reply: FinalReply | "lost") => {
      worker.off("message", onMessage).off("error", onLost).off("exit", onLost);
      resolve(reply);
    };
    const onMessage = (message: UnpackReply) => {
      if (message.kind === "progress") progress?.(message.done, message.total);
      else settle(message);
    };
    const onLost = () => settle("lost");
    worker.ref();
    worker.on("message", onMessage).on("error", onLost).on("exit", onLost);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(request);
  });
}
