import { parentPort } from "node:worker_threads";
import { toPlainError, type UnpackReply, type UnpackRequest } from "./unpack-message.ts";
import { unpackWheel } from "./unpack-wheel.ts";

/** Sends a message to `unpack-pool.ts`, which starts this file as a thread. */
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
const reply = (message: UnpackReply) => parentPort?.postMessage(message);

parentPort?.on("message", (request: UnpackRequest) => {
  unpackWheel(request, { progress: (done, total) => reply({ kind: "progress", done, total }) }).then(
    (wheel) => reply({ kind: "done", wheel }),
    (error: unknown) => reply({ kind: "failed", error: toPlainError(error) }),
  );
});
