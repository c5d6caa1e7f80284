import type { LockChange } from "../../operations/locking/lock-changes.ts";

/** The state of a lock: unchanged, or what it was before; undefined if there was none. */
interface LockState {
  readonly unchanged: boolean;
  readonly before?: unknown;
}

/** One line per change: `+ numpy 2.3`, `~ httpx 0.27 → 0.28`, `- six 1.16`. A single line if nothing changed. */
export function renderLockChanges(
  path: string,
  { unchanged, before }: LockState,
  changes: readonly LockChange[],
  dry = false,
): string {
  if (unchanged) return `${path} is up to date\n`;
  const lines = changes.map(({ name, before: old, after }) => {
    if (old.length === 0) return `+ ${name} ${after.join(", ")}`;
    if (after.length === 0) return `- ${name} ${old.join(", ")}`;
    return `~ ${name} ${old.join(", ")} → ${after.join(", ")}`;
  });
  const done = before === undefined ? `made ${path}` : `wrote ${path}`;
  const head = dry ? `would write ${path}` : done;
  return `${[head, ...lines].join("\n")}\n`;
}
