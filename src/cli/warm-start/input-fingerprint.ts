import { fingerprint } from "../../system/fs/fingerprint.ts";

/** A file that an answer rests on, and what it was like when it was read. */
export type MemoInput = readonly [path: string, fingerprint: string];

/** Whether all are as they were. */
export function areUnchanged(inputs: readonly MemoInput[]): boolean {
  return inputs.every(([path, was]) => fingerprint(path) === was);
}
