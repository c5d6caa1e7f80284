/**
 * Locks between processes: files that say who holds them. with-lock.ts takes and releases one, holder.ts tells whether
 * its holder still lives, lock-watch.ts decides when a lock that nobody released may be taken over.
 */
export { withLock } from "./with-lock.ts";
