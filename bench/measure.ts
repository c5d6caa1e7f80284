/** A program to time: started afresh for every run, its output thrown away. */
export interface Subject {
  readonly name: string;
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Undone or prepared before each run, outside the clock. */
  readonly before?: () => void;
}

export interface Timing {
  readonly name: string;
  /** Wall time of each run in milliseconds, in the order they were made. */
  readonly runs: readonly number[];
  /** Milliseconds. */
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Median of user and system time together, milliseconds. */
  readonly cpu: number;
}

export interface Plan {
  /** Rounds at most; in each, every subject runs once. */
  readonly rounds: number;
  /** No new round is begun after this many seconds (but two are always made). */
  readonly seconds: number;
  /** Rounds that aren't counted. One without it. */
  readonly warmUp?: number;
}

/**
 * Runs the subjects in turn (A B C A B C …), so that a machine whose speed drifts is unfair to none. A run that
 * fails stops everything: a time of something that didn't work is worth nothing.
 */
export function alternate(subjects: readonly Subject[], plan: Plan): Timing[] {
  for (let round = 0; round < (plan.warmUp ?? 1); round++) subjects.forEach((subject) => runOnce(subject));
  const walls = subjects.map((): number[] => []);
  const cpus = subjects.map((): number[] => []);
  const end = performance.now() + plan.seconds * 1000;
  for (let round = 0; round < plan.rounds; round++) {
    if (round >= 2 && performance.now() > end) break;
    subjects.forEach((subject, index) => {
      const { wall, cpu } = runOnce(subject);
      walls[index]?.push(wall);
      cpus[index]?.push(cpu);
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
    };
  });
}

/** The median of the ratios of runs made side by side: steadier than the ratio of two medians. */
export function pairedRatio(a: Timing, b: Timing): number {
  return quantile(
    a.runs.map((run, index) => run / (b.runs[index] ?? Number.NaN)),
    0.5,
  );
}

function runOnce(subject: Subject): { wall: number; cpu: number } {
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
  return { wall, cpu: Number(run.resourceUsage?.cpuTime.total ?? 0) / 1000 };
}

/** The run had no output, so as to time nothing but itself: it is made once more to hear what is wrong. */
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
