/** A program to time. Each run starts a new process, whose output is discarded. */
export interface Subject {
  readonly name: string;
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Runs before each run and is not timed. */
  readonly before?: () => void;
}

export interface Timing {
  readonly name: string;
  /** Wall time of each run in milliseconds, in the order of the runs. */
  readonly runs: readonly number[];
  /** Milliseconds. */
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Median of user and system time together, milliseconds. */
  readonly cpu: number;
  /** Median of the peak memory (resident set), MiB. */
  readonly memory: number;
}

export interface Plan {
  /** The maximum number of rounds. In each round, every subject runs once. */
  readonly rounds: number;
  /** No new round starts after this many seconds, but there are always at least two rounds. */
  readonly seconds: number;
  /** The number of rounds before the first one that counts. The default is 1. */
  readonly warmUp?: number;
}

/**
 * Runs the subjects in turn (A B C A B C …), so that all of them suffer equally if the machine becomes slower. Throws
 * if a run fails, since the time of a failed run means nothing.
 */
export function alternate(subjects: readonly Subject[], plan: Plan): Timing[] {
  for (let round = 0; round < (plan.warmUp ?? 1); round++) subjects.forEach((subject) => runOnce(subject));
  const walls = subjects.map((): number[] => []);
  const cpus = subjects.map((): number[] => []);
  const memories = subjects.map((): number[] => []);
  const end = performance.now() + plan.seconds * 1000;
  for (let round = 0; round < plan.rounds; round++) {
    if (round >= 2 && performance.now() > end) break;
    subjects.forEach((subject, index) => {
      const { wall, cpu, memory } = runOnce(subject);
      walls[index]?.push(wall);
      cpus[index]?.push(cpu);
      memories[index]?.push(memory);
    });
  }
  return subjects.map(({ name }, index) => {
    const runs = walls[index] ?? [];
    return {
      name,
      runs,
      median: quantile(runs, 0.5),
      low: quantile(runs, 0.25),
      high: quantile(runs, 0.75),
      cpu: quantile(cpus[index] ?? [], 0.5),
      memory: quantile(memories[index] ?? [], 0.5),
    };
  });
}

/** Returns the median of the ratios of adjacent runs. It varies less than the ratio of two medians. */
export function pairedRatio(a: Timing, b: Timing): number {
  return quantile(
    a.runs.map((run, index) => run / (b.runs[index] ?? Number.NaN)),
    0.5,
  );
}

function runOnce(subject: Subject): { wall: number; cpu: number; memory: number } {
  subject.before?.();
  const env = subject.env ?? process.env;
  const start = performance.now();
  const run = Bun.spawnSync([...subject.argv], {
    ...(subject.cwd === undefined ? {} : { cwd: subject.cwd }),
    env,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  const wall = performance.now() - start;
  if (run.exitCode !== 0) throw new Error(explain(subject, env));
  const { cpuTime, maxRSS } = run.resourceUsage ?? {};
  return { wall, cpu: Number(cpuTime?.total ?? 0) / 1000, memory: (maxRSS ?? 0) / 2 ** 20 };
}

/** Runs the subject again with its output, which a timed run discards, and throws an error with it. */
function explain(subject: Subject, env: Readonly<Record<string, string | undefined>>): string {
  const again = Bun.spawnSync([...subject.argv], {
    ...(subject.cwd === undefined ? {} : { cwd: subject.cwd }),
    env,
    stdin: "ignore",
  });
  const said = `${again.stdout.toString()}${again.stderr.toString()}`.trim();
  return `\`${subject.argv.join(" ")}\` failed, and made again ended with ${again.exitCode}:\n${said}`;
}

export function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * at;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}
