import { readFileSync } from "node:fs";
import { uptime } from "node:os";

let known: string | undefined;

/**
 * Identifies the time since this machine was started. Linux has a random number for it. Elsewhere it is the second in
 * which the machine was started, by its clock. If the text cannot be compared exactly, use `isThisBoot`.
 */
export function bootId(): string {
  return (known ??= randomBootId() ?? startedAt());
}

/** Whether a text of `bootId` was made since this machine was started. */
export function isThisBoot(boot: string): boolean {
  return isSameBoot(boot, bootId());
}

/**
 * Whether two texts of `bootId` mean the same. A clock that is set gives the start another time, so two seconds of
 * difference are allowed. More would be dangerous: a machine that loses power may be back in ten seconds.
 */
export function isSameBoot(one: string, other: string): boolean {
  const [first, second] = [secondsOf(one), secondsOf(other)];
  if (first === undefined || second === undefined) return one === other && one !== "";
  return Math.abs(first - second) <= 2;
}

/** Linux (`random(4)`). Missing if `/proc` is not mounted or may not be read. */
function randomBootId(): string | undefined {
  if (process.platform !== "linux" && process.platform !== "android") return undefined;
  try {
    const text = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    return /^[0-9a-f-]{36}$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

function startedAt(): string {
  return `started ${Math.round(Date.now() / 1000 - uptime())}`;
}

function secondsOf(boot: string): number | undefined {
  const [, seconds] = /^started (\d+)$/.exec(boot) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}
