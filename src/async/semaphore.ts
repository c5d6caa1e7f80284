/** Runs as many tasks at once as there are places; a task that waits for others gives its place away meanwhile. */
export interface Semaphore {
  run<T>(task: (aside: <R>(wait: () => Promise<R>) => Promise<R>) => Promise<T>): Promise<T>;
}

/** A build may wait for the builds of what it needs: holding on to its place, it could wait for ever. */
export function createSemaphore(places: number): Semaphore {
  let free = Math.max(1, places);
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
