import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The real program: the sources on Bun as `./posy` starts them, or `dist/posy` with `POSY_UNDER_TEST=dist`. */
export const posyCommand: readonly string[] =
  process.env["POSY_UNDER_TEST"] === "dist"
    ? [resolve("dist", "posy")]
    : [
        resolve("node_modules", "bun", "bin", "bun.exe"),
        "--no-env-file",
        "--config=/dev/null",
        resolve("src", "cli", "main.ts"),
      ];

export interface PosyRun {
  /** `null` where a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PosyOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string | Uint8Array;
  /** A shell line around the program, which it gets as `"$@"`: `ulimit -f 100; exec "$@"`, `"$@" | head -1`. */
  readonly shell?: string;
  /** Milliseconds after which it is killed and the test fails. 60,000 without it. */
  readonly timeout?: number;
  /** Called as soon as it has been started. */
  readonly started?: (child: ChildProcess) => void;
}

/**
 * A place of its own for one test: a `POSY_HOME`, a home folder without configuration, a folder to be in. The
 * interpreter is there already (`seedHome`), so that nothing needs the network but what a test asks for.
 */
export interface Place extends Disposable {
  readonly root: string;
  /** `POSY_HOME`. */
  readonly home: string;
  /** The current folder of the runs. */
  readonly cwd: string;
  posy(args: readonly string[], options?: PosyOptions): Promise<PosyRun>;
  /** The text without what differs from run to run: paths, ports, hashes. */
  normalized(text: string): string;
}

const cache = resolve("node_modules", ".cache", "posy-e2e");

/** `interpreter: false` leaves the home as a new user has it. */
export async function newPlace(options: { readonly interpreter?: boolean } = {}): Promise<Place> {
  const seed = options.interpreter === false ? undefined : await seedHome();
  mkdirSync(join(cache, "places"), { recursive: true });
  const root = mkdtempSync(join(cache, "places", "p"));
  const home = join(root, "home");
  const cwd = join(root, "cwd");
  mkdirSync(cwd);
  // Whatever version file lies above belongs to another project.
  writeFileSync(join(root, "pyproject.toml"), "[tool.uv.workspace]\nmembers = []\n");
  mkdirSync(join(root, "user"));
  if (seed !== undefined) plantInterpreters(seed, home);
  const posy = (args: readonly string[], run: PosyOptions = {}): Promise<PosyRun> =>
    runPosy(args, { cwd, ...run, env: { POSY_HOME: home, HOME: join(root, "user"), ...run.env } });
  return {
    root,
    home,
    cwd,
    posy,
    normalized: (text) =>
      text
        .replaceAll(root, "<place>")
        .replace(/127\.0\.0\.1:\d+/g, "<index>")
        .replace(/\b[0-9a-f]{64}\b/g, "<sha256>")
        .replace(/envs-v1\/[0-9a-z]+/g, "envs-v1/<key>"),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Gives a home the interpreters of the seed by link: what is in the store is never changed. */
export function plantInterpreters(seed: string, home: string): void {
  const pythons = join(home, "data", "pythons-v1");
  mkdirSync(pythons, { recursive: true });
  for (const name of readdirSync(join(seed, "data", "pythons-v1"))) {
    symlinkSync(join(seed, "data", "pythons-v1", name), join(pythons, name));
  }
}

let seeding: Promise<string> | undefined;

/** A `POSY_HOME` with the interpreter that is Posy's choice on this machine: fetched once for all test runs. */
export function seedHome(): Promise<string> {
  seeding ??= seed();
  return seeding;
}

async function seed(): Promise<string> {
  const home = join(cache, "seed");
  // Once in each session even where it is there: another Posy may choose another interpreter.
  const run = await runPosy(["run", "--", "python", "-c", "pass"], {
    env: { ...process.env, POSY_PYTHON_MIRROR: "off", POSY_HOME: home, UV_NO_CONFIG: "1" },
    timeout: 300_000,
  });
  assert.equal(run.status, 0, `the tests' interpreter could not be had:\n${run.stderr}`);
  return home;
}

/**
 * Runs Posy to its end. Its environment is `env` and the few variables without which nothing runs; nobody is asked for
 * Pythons unless a test names a mirror.
 */
export function runPosy(args: readonly string[], options: PosyOptions = {}): Promise<PosyRun> {
  const command =
    options.shell === undefined
      ? [...posyCommand, ...args]
      : ["bash", "-c", options.shell, "posy", ...posyCommand, ...args];
  const env = {
    PATH: process.env["PATH"],
    LANG: "C.UTF-8",
    POSY_PYTHON_MIRROR: "off",
    ...options.env,
  };
  return new Promise((settle, fail) => {
    const child = spawn(command[0] ?? "", command.slice(1), {
      cwd: options.cwd,
      env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    child.stdout.on("data", (chunk: Buffer) => chunks.stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.stderr.push(chunk));
    const text = (kind: "stdout" | "stderr") => Buffer.concat(chunks[kind]).toString("utf8");
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      fail(new Error(`\`posy ${args.join(" ")}\` did not end\n${text("stdout")}\n${text("stderr")}`));
    }, options.timeout ?? 60_000);
    child.on("error", fail);
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      settle({ status, signal, stdout: text("stdout"), stderr: text("stderr") });
    });
    // What a program does not read is not an error of the test.
    child.stdin.on("error", () => {});
    child.stdin.end(options.stdin ?? "");
    options.started?.(child);
  });
}

/** It worked, and printed exactly this. */
export function assertPrinted(run: PosyRun, stdout: string): void {
  assert.equal(run.status, 0, `status ${run.status}, signal ${run.signal}\n${run.stderr}`);
  assert.equal(run.stdout, stdout);
}

/** It failed as Posy fails: this status, a message that says this, a hint, nothing on stdout, no innards. */
export function assertFailed(run: PosyRun, status: number, says: RegExp, hints: RegExp = /\S/): void {
  const whole = `status ${run.status}, signal ${run.signal}\n${run.stderr}`;
  const error = /^error: ([^]*?)(?=^hint: |$(?![^]))/m.exec(run.stderr)?.[1] ?? "";
  const hint = /^hint: ([^]*)$/m.exec(run.stderr)?.[1] ?? "";
  assert.match(error, says, whole);
  assert.match(hint, hints, `a hint is missing or another one: ${whole}`);
  assert.doesNotMatch(
    run.stderr,
    /^\s+at .*[:(]\d+|TypeError|ReferenceError|RangeError|SyntaxError|\b(ENOENT|EACCES|EPERM|ENOSPC|EFBIG|EISDIR|ENOTDIR|EEXIST|ECONN[A-Z]+)\b|\[object /m,
    `innards in: ${whole}`,
  );
  assert.equal(run.stdout, "");
  assert.equal(run.status, status, whole);
}
