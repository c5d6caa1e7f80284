import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { startIndex } from "../index-server.ts";
import { newSandbox, posyCommand } from "../posy.ts";
import { type CountedCase, type World, worldOf } from "./cases.ts";

/** What is counted in one run of a command. A number that cannot be counted here is left out. */
export interface Counts {
  /** Files of the sources and of libraries that the program loads. */
  readonly modules: number;
  /** The size of these files in kilobytes, without comments and white space. */
  readonly kilobytes: number;
  readonly requests: number;
  /** How many versions the solver tries. */
  readonly versions: number;
  readonly conflicts: number;
  /** Files and folders that are opened, below the sandbox. Needs strace. */
  readonly opened?: number;
  /** System calls with a path below the sandbox: `open`, `stat`, `rename`, … Needs strace. */
  readonly calls?: number;
}

/** Whether system calls can be counted on this machine: not without strace, and not where tracing is forbidden. */
export function canTrace(): boolean {
  return spawnSync("strace", ["-qq", "-o", "/dev/null", "true"]).status === 0;
}

/**
 * Runs a command three times from the same state, and counts: the modules without any option, the solver's work with
 * `--timings`, and the system calls under strace.
 */
export async function countCase(counted: CountedCase, traced: boolean): Promise<Partial<Counts>> {
  await using index = await startIndex({ files: counted.files ?? [], cacheControl: "max-age=600" });
  using sandbox = await newSandbox({ interpreter: counted.files !== undefined });
  const environment = { UV_DEFAULT_INDEX: index.url };
  const world = worldOf(sandbox, index, environment);
  const run = async (command: readonly string[], more: Readonly<Record<string, string>> = {}) => {
    await counted.prepare?.(world);
    const before = index.requests.length;
    const status = await runCommand(command, world, { ...environment, ...more });
    if (status !== 0) throw new Error(`\`posy ${counted.args.join(" ")}\` ended with ${status}`);
    return index.requests.length - before;
  };

  const list = join(sandbox.root, "modules");
  const requests = await run([...sources, ...counted.args], {
    COUNT_MODULES: list,
    ...(counted.executes && { COUNT_UNTIL_EXECUTE: "1" }),
  });
  const trace = join(sandbox.root, "trace.json");
  await run([...posyCommand, `--timings=${trace}`, ...counted.args]);
  const calls = join(sandbox.root, "calls");
  if (traced) {
    await run([...strace, calls, ...posyCommand, ...counted.args]);
  }
  const counts: Counts = {
    ...modulesIn(list),
    requests,
    ...solverWorkIn(trace),
    ...(traced && callsIn(calls, sandbox.root)),
  };
  const { only = Object.keys(counts) as (keyof Counts)[] } = counted;
  return Object.fromEntries(only.map((name) => [name, counts[name]]));
}

/** The calls that take a path, of all threads. The name of the output file and the command follow. */
const strace = ["strace", "-f", "-qq", "-e", "trace=%file", "-o"];
const root = resolve(".");
const preload = resolve("test", "support", "counts", "count-modules.ts");
/** Posy from its sources, whose modules can be told apart. */
const sources = [
  resolve("node_modules", "bun", "bin", "bun.exe"),
  "--no-env-file",
  "--config=/dev/null",
  "--preload",
  preload,
  resolve("src", "cli", "main.ts"),
];

async function runCommand(
  [program = "", ...args]: readonly string[],
  { sandbox }: World,
  environment: Readonly<Record<string, string>>,
): Promise<number | null> {
  const child = Bun.spawn([program, ...args], {
    cwd: sandbox.cwd,
    env: {
      PATH: process.env["PATH"],
      LANG: "C.UTF-8",
      POSY_PYTHON_MIRROR: "off",
      POSY_HOME: sandbox.home,
      HOME: join(sandbox.root, "user"),
      ...environment,
    },
    stdio: ["ignore", "ignore", "ignore"],
  });
  return child.exited;
}

function modulesIn(list: string): Pick<Counts, "modules" | "kilobytes"> {
  const paths = readFileSync(list, "utf8")
    .split("\n")
    .filter((path) => path.startsWith(root) && path !== preload);
  rmSync(list);
  const size = paths.reduce((sum, path) => sum + sizeWithoutComments(path), 0);
  return { modules: paths.length, kilobytes: Math.ceil(size / 1000) };
}

const transpiler = new Bun.Transpiler({ loader: "ts", minifyWhitespace: true });
const sizes = new Map<string, number>();

function sizeWithoutComments(path: string): number {
  let size = sizes.get(path);
  if (size === undefined) {
    const text = readFileSync(path, "utf8");
    size = [".ts", ".js", ".mjs", ".cjs"].includes(extname(path))
      ? transpiler.transformSync(text).length
      : text.length;
    sizes.set(path, size);
  }
  return size;
}

function solverWorkIn(trace: string): Pick<Counts, "versions" | "conflicts"> {
  const { otherData } = JSON.parse(readFileSync(trace, "utf8")) as {
    otherData: { counts: Readonly<Record<string, number>> };
  };
  const { "versions tried": versions = 0, conflicts = 0 } = otherData.counts;
  return { versions, conflicts };
}

/** Counts the calls with a path below `folder` until the process becomes another program. */
function callsIn(file: string, folder: string): Required<Pick<Counts, "opened" | "calls">> {
  let opened = 0;
  let calls = 0;
  let programs = 0;
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const call = /^\d+ +(\w+)\(/.exec(line)?.[1];
    if (call === undefined) continue;
    if (call === "execve" && line.endsWith("= 0") && ++programs > 1) break;
    const [, path = ""] = /"((?:[^"\\]|\\.)*)"/.exec(line) ?? [];
    // Without a path, it is about a file that is open.
    if (path === "" || (path.startsWith("/") && !path.startsWith(folder))) continue;
    calls += 1;
    if (call.startsWith("open")) opened += 1;
  }
  return { opened, calls };
}
