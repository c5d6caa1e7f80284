import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { removeFolder } from "./remove-folder.ts";

/** The command line of Posy: its sources on Bun as `./posy` runs them, or `dist/posy` with `POSY_UNDER_TEST=dist`. */
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
  /** `null` if a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PosyOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string | Uint8Array;
  /** A line for bash that runs the program as `"$@"`: `ulimit -f 100; exec "$@"`, `"$@" | head -1`. */
  readonly shell?: string;
  /** Milliseconds after which the program is killed and the test fails. Default: 60,000. */
  readonly timeout?: number;
  /** Called when the program was started. */
  readonly started?: (child: ChildProcess) => void;
}

/**
 * A temporary folder for one test, with a `POSY_HOME`, a home folder without configuration, and a current folder. The
 * store already has an interpreter (`seedHome`), so that only the test itself needs a network.
 */
export interface Sandbox extends Disposable {
  readonly root: string;
  /** `POSY_HOME`. */
  readonly home: string;
  /** The current folder of the runs. */
  readonly cwd: string;
  posy(args: readonly string[], options?: PosyOptions): Promise<PosyRun>;
  /** Replaces paths, ports and hashes in the text, which differ from run to run. */
  normalized(text: string): string;
}

const cache = resolve("node_modules", ".cache", "posy-e2e");

/** Makes a sandbox. With `interpreter: false` its `POSY_HOME` is empty, as for a new user. */
export async function newSandbox(options: { readonly interpreter?: boolean } = {}): Promise<Sandbox> {
  const seed = options.interpreter === false ? undefined : await seedHome();
  mkdirSync(join(cache, "sandboxes"), { recursive: true });
  const root = mkdtempSync(join(cache, "sandboxes", "s"));
  const home = join(root, "home");
  const cwd = join(root, "cwd");
  mkdirSync(cwd);
  // Ends the search for version files, which would go on in the folders above.
  writeFileSync(join(root, "pyproject.toml"), "[tool.uv.workspace]\nmembers = []\n");
  mkdirSync(join(root, "user"));
  if (seed !== undefined) linkInterpreters(seed, home);
  const posy = (args: readonly string[], run: PosyOptions = {}): Promise<PosyRun> =>
    runPosy(args, { cwd, ...run, env: { POSY_HOME: home, HOME: join(root, "user"), ...run.env } });
  return {
    root,
    home,
    cwd,
    posy,
    normalized: (text) =>
      text
        .replaceAll(root, "<sandbox>")
        .replace(/127\.0\.0\.1:\d+/g, "<index>")
        .replace(/\b[0-9a-f]{64}\b/g, "<sha256>")
        .replace(/envs-v1\/[0-9a-z]+/g, "envs-v1/<key>"),
    [Symbol.dispose]: () => removeFolder(root),
  };
}

/** Links the interpreters of the seed into a home. Links are safe, because nothing in the store is ever changed. */
export function linkInterpreters(seed: string, home: string): void {
  const pythons = join(home, "data", "pythons-v1");
  mkdirSync(pythons, { recursive: true });
  for (const name of readdirSync(join(seed, "data", "pythons-v1"))) {
    symlinkSync(join(seed, "data", "pythons-v1", name), join(pythons, name));
  }
}

let seeding: Promise<string> | undefined;

/** Returns a `POSY_HOME` with the default interpreter for this machine. It is downloaded once for all test runs. */
export function seedHome(): Promise<string> {
  seeding ??= seed();
  return seeding;
}

async function seed(): Promise<string> {
  const home = join(cache, "seed");
  // Runs once in each session even if the folder exists: a changed Posy may choose another interpreter.
  const run = await runPosy(["run", "--", "python", "-c", "pass"], {
    env: { ...process.env, POSY_PYTHON_MIRROR: "off", POSY_HOME: home, UV_NO_CONFIG: "1" },
    timeout: 300_000,
  });
  assert.equal(run.status, 0, `the tests' interpreter could not be had:\n${run.stderr}`);
  return home;
}

/**
 * Runs Posy to its end. It sees only `env`, `PATH` and `LANG`, and a setting that disables the mirror of Pythons unless
 * the test sets one.
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
    // A program may end without reading its input. That is not an error of the test.
    child.stdin.on("error", () => {});
    child.stdin.end(options.stdin ?? "");
    options.started?.(child);
  });
}

/** Asserts that the run ended with status 0 and printed exactly `stdout`. */
export function assertPrinted(run: PosyRun, stdout: string): void {
  assert.equal(run.status, 0, `status ${run.status}, signal ${run.signal}\n${run.stderr}`);
  assert.equal(run.stdout, stdout);
}

/**
 * Asserts that the run ended with this status, a matching error and hint, no output, and no stack trace or errno name.
 */
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
