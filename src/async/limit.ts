/** Runs a limited number of tasks at once, in the order in which they came. */
export interface Limit {
  run<T>(task: () => Promise<T>): Promise<T>;
}

/** Makes a limit of `width` tasks at once, and of at least one. */
export function createLimit(width: number): Limit {
  let running = 0;
  const waiting: (() => void)[] = [];
  return {
    async run(task) {
      if (running >= Math.max(1, width)) await new Promise<void>((resolve) => waiting.push(resolve));
      else running += 1;
      try {
        return await task();
      } finally {
        // The slot goes straight to the next waiting task, so that a new task can't take it first.
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}
