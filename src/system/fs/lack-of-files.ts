/**
 * Throws an error again that says that the process, or the machine, has too many open files. Then nothing is known
 * about the file: it is neither missing nor damaged. Imports nothing, since the warm start loads it.
 */
export function throwIfTooManyOpen(error: unknown): void {
  const { code } = (error ?? {}) as { code?: unknown };
  if (code === "EMFILE" || code === "ENFILE") throw error;
}
