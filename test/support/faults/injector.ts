import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { posyCommand, type PosyRun } from "../posy.ts";

/** What happens at a system call (`inject.c`). */
export interface Injection {
  /** The letters of the calls that count: `c`, `m`, `o`, `r`. */
  readonly calls: string;
  /** The number of the call, from 1. */
  readonly at: number;
  /** The name of an error or of a signal, or `power`. */
  readonly what: string;
  /** Only this call fails, and not those after it. */
  readonly once?: boolean;
  /** Only calls of Posy itself count, and not those of the programs that it starts. */
  readonly own?: boolean;
  /** Only calls for paths that contain this text count. */
  readonly match?: string;
}

export interface InjectedRun extends PosyRun {
  /** The calls that were counted. */
  readonly calls: number;
  /** The call at which something happened, with its path; `undefined` if the program had fewer calls. */
  readonly hit: string | undefined;
  /** The inodes of the files that were synced. */
  readonly synced: ReadonlySet<number>;
  /** When the whole file system was synced, in milliseconds since 1970; 0 if it was not. */
  readonly flushed: number;
}

export interface RunOptions {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A line for bash that runs the program as `"$@"`. */
  readonly shell?: string | undefined;
  /** Milliseconds after which the program is killed. Default: 60,000. */
  readonly timeout?: number;
}

/** Compiles the injector. Returns its path, or undefined if this machine has no compiler or not the system calls. */
export function compileInjector(folder: string): string | undefined {
  if (process.platform !== "linux") return undefined;
  mkdirSync(folder, { recursive: true });
  const program = join(folder, "inject");
  const compiled = spawnSync("cc", ["-O2", "-o", program, join(import.meta.dirname, "inject.c")]);
  if (compiled.status !== 0) return undefined;
  const report = join(folder, "report");
  const tried = spawnSync(program, ["--under", "/", "--report", report, "--", "true"]);
  rmSync(report, { force: true });
  return tried.status === 0 ? program : undefined;
}

/** Runs Posy with something that happens at one of its system calls for paths in `under`. */
export async function runInjected(
  injector: string,
  injection: Injection | Pick<Injection, "calls" | "own" | "match">,
  under: string,
  options: RunOptions,
): Promise<InjectedRun> {
  const report = `${under}.report`;
  const what = "what" in injection ? ["--at", String(injection.at), "--do", injection.what] : [];
  const once = "once" in injection && injection.once ? ["--once"] : [];
  const own = injection.own ? ["--own"] : [];
  const match = injection.match === undefined ? [] : ["--match", injection.match];
  const supervisor = [
    injector,
    "--under",
    under,
    "--calls",
    injection.calls,
    ...what,
    ...once,
    ...own,
    ...match,
  ];
  const run = await start(
    [...supervisor, "--report", report, "--", ...posyCommand, ...options.args],
    options,
  );
  const lines = readFileSync(report, "utf8").split("\n");
  rmSync(report);
  const after = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const [signal] = after("signal");
  return {
    ...run,
    ...(signal === undefined ? {} : { status: null }),
    calls: Number(after("calls")[0] ?? 0),
    hit: after("hit")[0],
    synced: new Set(after("synced").map(Number)),
    flushed: Math.max(0, ...after("flushed").map(Number)),
  };
}

/** Runs Posy to its end. */
export function runPlain(options: RunOptions): Promise<PosyRun> {
  return start([...posyCommand, ...options.args], options);
}

function start(
  command: readonly string[],
  { cwd, env, shell, timeout = 60_000 }: RunOptions,
): Promise<PosyRun> {
  const argv = shell === undefined ? command : ["bash", "-c", shell, "posy", ...command];
  return new Promise((settle, fail) => {
    const child = spawn(argv[0] ?? "", argv.slice(1), {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const text = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const)
      child[stream].setEncoding("utf8").on("data", (chunk: string) => {
        text[stream] += chunk;
      });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, timeout);
    child.on("error", fail);
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      if (late) text.stderr += `\nit did not end in ${timeout} ms`;
      settle({ status, signal, ...text });
    });
  });
}
