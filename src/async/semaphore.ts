/** Runs a limited number of tasks at once. A task that waits for others frees its permit by calling `aside`. */
export interface Semaphore {
  run<T>(task: (aside: <R>(wait: () => Promise<R>) => Promise<R>) => Promise<T>): Promise<T>;
}

/**
 * Makes a semaphore with this many permits, and at least one. Builds use it: a build may wait for the builds of its
 * requirements, and would wait for ever if it kept its permit meanwhile.
 */
export function createSemaphore(permits: number): Semaphore {
  let free = Math.max(1, permits);
  const waiting: (() => void)[] = [];
  const enter = async (): Promise<void> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((go) => waiting.push(go));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  const aside = async <R>(wait: () => Promise<R>): Promise<R> => {
    leave();
    try {
      return await wait();
    } finally {
      await enter();
    }
  };
  return {
    async run(task) {
      await enter();
      try {
        return await task(aside);
      } finally {
        leave();
      }
    },
  };
}
