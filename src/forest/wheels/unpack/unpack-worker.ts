import { parentPort } from "node:worker_threads";
import { toPlainError, type UnpackReply, type UnpackRequest } from "./unpack-message.ts";
import { unpackWheel } from "./unpack-wheel.ts";
import { runVerifyJob } from "./verify-job.ts";

/** Sends a message to `unpack-pool.ts`, which starts this file as a thread. */
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
const reply = (message: UnpackReply) => parentPort?.postMessage(message);

parentPort?.on("message", (request: UnpackRequest) => {
  answer(request).then(reply, (error: unknown) => reply({ kind: "failed", error: toPlainError(error) }));
});

async function answer(request: UnpackRequest): Promise<UnpackReply> {
  if ("verify" in request) return { kind: "verified", damages: await runVerifyJob(request) };
  const progress = (done: number, total: number) => reply({ kind: "progress", done, total });
  return { kind: "done", wheel: await unpackWheel(request, { progress }) };
}
