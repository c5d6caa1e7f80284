/** Limits how many tasks run at once. The others wait and start in the order in which they came. */
export interface Semaphore {
  /**
   * Runs the task as soon as there is a free permit. The task may call `yieldWhile` to free its permit while it waits
   * for other tasks of the same semaphore. A build does, which waits for the builds of its requirements: it would wait
   * for ever if it kept its permit meanwhile.
   */
  run<T>(task: (yieldWhile: <R>(wait: () => Promise<R>) => Promise<R>) => Promise<T>): Promise<T>;
}

/** Returns a semaphore with this many permits, and at least one. */
export function createSemaphore(permits: number): Semaphore {
  let free = Math.max(1, permits);
  const waiting: (() => void)[] = [];
  const acquire = async (): Promise<void> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const release = (): void => {
    // The permit is handed over, not given back: a newcomer can't slip in between.
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  const yieldWhile = async <R>(wait: () => Promise<R>): Promise<R> => {
    release();
    try {
      return await wait();
    } finally {
      await acquire();
    }
  };
  return {
    async run(task) {
      await acquire();
      try {
        return await task(yieldWhile);
      } finally {
        release();
      }
    },
  };
}
