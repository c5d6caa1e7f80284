import { mkdirSync, rmSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { startWorker } from "../system/worker.ts";
import { fromPlainError, type UnpackReply } from "./unpack-message.ts";
import { type UnpackedWheel, type UnpackJob, unpackWheel } from "./unpack-wheel.ts";

export interface UnpackPool {
  unpack(job: UnpackJob, progress?: (done: number, total: number) => void): Promise<UnpackedWheel>;
  /** Ends the threads. */
  close(): Promise<void>;
}

/** A wheel up to this is unpacked at once where no thread runs yet: starting one takes as long. */
const smallLimit = 256 * 1024;

/**
 * Unpacks wheels in threads, one for each core, started when they are wanted. Where there are no threads
 * (`startWorker`) it works on the main one, with pauses for others.
 *
 * FIGURES
 */
export function openUnpackPool(threads = Math.min(8, availableParallelism())): UnpackPool {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const waiting: ((worker: Worker | undefined) => void)[] = [];
  let broken = threads < 1;
  let closed = false;

  const acquire = (): Promise<Worker | undefined> | Worker | undefined => {
    if (broken) return undefined;
    const worker = idle.pop() ?? (all.size < threads ? start() : undefined);
    if (worker !== undefined || broken) return worker;
    return new Promise((resolve) => void waiting.push(resolve));
  };
  const start = (): Worker | undefined => {
    const worker = startWorker("forest/unpack-worker");
    if (worker === undefined) broken = true;
    else all.add(worker);
    return worker;
  };
  const release = (worker: Worker): void => {
    const next = waiting.shift();
    if (next !== undefined) return next(worker);
    worker.unref();
    idle.push(worker);
  };
  const giveUp = (worker: Worker): void => {
    broken = true;
    all.delete(worker);
    for (const next of waiting.splice(0)) next(undefined);
  };

  return {
    async unpack(job, progress) {
      if (closed) throw new Error("nothing is unpacked any more");
      if (all.size === 0 && statSync(job.archive).size <= smallLimit) return unpackHere(job, progress);
      const worker = await acquire();
      if (closed) throw new Error("nothing is unpacked any more");
      if (worker === undefined) return unpackHere(job, progress);
      const answer = await unpackThere(worker, job, progress);
      if (answer !== "lost") {
        release(worker);
        if (answer.kind === "failed") throw fromPlainError(answer.error);
        return answer.wheel;
      }
      if (closed) throw new Error("nothing is unpacked any more");
      giveUp(worker);
      rmSync(job.into, { recursive: true, force: true });
      mkdirSync(job.into);
      return unpackHere(job, progress);
    },
    async close() {
      closed = true;
      const workers = [...all];
      all.clear();
      await Promise.all(workers.map((worker) => worker.terminate()));
      for (const next of waiting.splice(0)) next(undefined);
    },
  };
}

type Progress = ((done: number, total: number) => void) | undefined;

function unpackHere(job: UnpackJob, progress: Progress): Promise<UnpackedWheel> {
  return unpackWheel(job, { ...(progress ? { progress } : {}), breathe: () => setImmediate() });
}

/** "lost" where the thread ended without an answer: it could not be loaded, or ran out of memory. */
function unpackThere(
  worker: Worker,
  job: UnpackJob,
  progress: Progress,
): Promise<Exclude<UnpackReply, { kind: "progress" }> | "lost"> {
  return new Promise((resolve) => {
    const settle = (answer: Exclude<UnpackReply, { kind: "progress" }> | "lost") => {
      worker.off("message", onMessage).off("error", onLost).off("exit", onLost);
      resolve(answer);
    };
    const onMessage = (message: UnpackReply) => {
      if (message.kind === "progress") progress?.(message.done, message.total);
      else settle(message);
    };
    const onLost = () => settle("lost");
    worker.ref();
    worker.on("message", onMessage).on("error", onLost).on("exit", onLost);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(job);
  });
}
