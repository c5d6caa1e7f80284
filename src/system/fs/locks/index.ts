/**
 * Locks between processes: files that say who holds them. with-lock.ts takes and releases one, holder.ts tells whether
 * its holder still lives, lock-watch.ts decides when a lock that nobody released may be taken over. start-lock.ts is
 * another kind: it keeps the store from being cleaned while a program starts.
 */
export { holdStart, withoutStarts } from "./start-lock.ts";
export { withLock } from "./with-lock.ts";
