/** Runs at most `width` tasks at once (never less than one), in the order they came. */
export interface Limit {
  run<T>(task: () => Promise<T>): Promise<T>;
}

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
        // The place is handed over, not given back: a newcomer can't slip in between.
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}
