import { hostId, isGone } from "../locks/holder.ts";
import { newSha256 } from "../sha256-sync.ts";

/**
 * `<label>-<process>-<machine>-<random>`, after `<sha256>.` for a download (`part-file.ts`). Earlier versions of Posy
 * wrote no machine.
 */
const form = /^(?:[0-9a-f]{64}\.)?\.?[a-z]+-(\d+)(?:-([0-9a-f]{8}))?-[0-9a-f]{8}-[0-9a-f]{4}$/;

const day = 24 * 3600 * 1000;

/** Returns a new name for a temporary file or folder of this process. `label` has lower-case letters only. */
export function temporaryName(label: string): string {
  return `${label}-${process.pid}-${machineKey()}-${crypto.randomUUID().slice(0, 13)}`;
}

/** Whether a name is one of `temporaryName`. */
export function isTemporaryName(name: string): boolean {
  return form.test(name);
}

/**
 * Whether the process that made a temporary file or folder is gone, so that nobody needs it any more. That is known for
 * processes of this machine. What another machine left, in a shared folder, counts as abandoned after a day. A process
 * that runs may be a later one with the same number, so after a month its entries count as abandoned, too. `touched`
 * and `now` are in milliseconds since 1970.
 */
export function isAbandoned(name: string, touched: number, now = Date.now()): boolean {
  const [matches, pid = "", machine] = form.exec(name) ?? [];
  if (matches === undefined) return false;
  if (machine !== machineKey()) return now - touched > day;
  return isGone(Number(pid)) || now - touched > 30 * day;
}

/** Whether another process of this machine made a temporary file or folder, and still runs. */
export function isOfRunningProcess(name: string): boolean {
  const [, pid = "", machine] = form.exec(name) ?? [];
  return machine === machineKey() && Number(pid) !== process.pid && !isGone(Number(pid));
}

let key: string | undefined;

function machineKey(): string {
  return (key ??= newSha256().update(hostId()).digest("hex").slice(0, 8));
}
