import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import type { PosyRun } from "../posy.ts";
import { randomFrom } from "../random.ts";
import { removeFolder } from "../remove-folder.ts";
import { runInjected, runPlain } from "./injector.ts";
import { type Faulted, type KindName, kinds, leftFiles } from "./kinds.ts";
import { type Operation, operations, startFaultsIndex } from "./operations.ts";
import { filesIn } from "./power-cut.ts";
import { makeWorld, type World } from "./world.ts";

export interface FaultsOptions {
  readonly injector: string;
  /** A folder for the worlds, which is emptied. A folder in memory is fastest. */
  readonly folder: string;
  /** Fault number n has the seed `seed + n`. */
  readonly seed: number;
  readonly count: number;
  /** Only these kinds, and only these operations. Default: all. */
  readonly kinds?: readonly KindName[] | undefined;
  readonly operations?: readonly string[] | undefined;
  /** How many worlds are disturbed at once. */
  readonly jobs?: number;
  /** Called after each fault. */
  readonly progress?: (fault: Fault) => void;
  /** Returns whether to stop before all faults were injected. */
  readonly isOver?: () => boolean;
}

export interface Fault {
  readonly seed: number;
  readonly kind: KindName;
  readonly operation: string;
  /** What was done, and where. */
  readonly what: string;
  /** Whether the command was disturbed: a fault at a call that was never made changes nothing. */
  readonly succeeded: boolean;
  /** What is wrong; `undefined` if all is right. */
  readonly wrong: string | undefined;
}

/** Injects faults into operations, and checks after each that the next run is right. */
export async function injectFaults(options: FaultsOptions): Promise<readonly Fault[]> {
  await using index = await startFaultsIndex();
  const faults: Fault[] = [];
  let next = 0;
  const work = async (job: number) => {
    const folder = join(options.folder, String(job));
    mkdirSync(folder, { recursive: true });
    const bench = openBench(
      options.injector,
      makeWorld(folder, { POSY_DEFAULT_INDEX: index.url }),
      index.url,
    );
    while (next < options.count && options.isOver?.() !== true) {
      const fault = await injectFault(options.seed + next++, options, bench);
      faults.push(fault);
      options.progress?.(fault);
    }
    bench.world.remove();
    removeFolder(folder);
  };
  await Promise.all(Array.from({ length: options.jobs ?? 1 }, (_, job) => work(job)));
  return faults;
}

/** A world with the kept states of the operations that were prepared in it. */
type Bench = ReturnType<typeof openBench>;

function openBench(injector: string, world: World, index: string) {
  const prepared = new Map<string, Promise<Prepared>>();
  const calls = new Map<string, Promise<number>>();
  const argsOf = (operation: Operation) => operation.args.map((word) => (word === "INDEX" ? index : word));
  return {
    injector,
    world,
    argsOf,
    prepare(operation: Operation): Promise<Prepared> {
      const known = prepared.get(operation.name) ?? prepare(operation, argsOf(operation), world);
      prepared.set(operation.name, known);
      return known;
    },
    async callsOf(operation: Operation, which: string, own: boolean): Promise<number> {
      const key = `${operation.name} ${which} ${own}`;
      const count = async () => {
        world.restore(operation.name);
        const options = world.options(argsOf(operation));
        const run = await runInjected(injector, { calls: which, own }, world.root, options);
        world.restore(operation.name);
        return run.calls;
      };
      const known = calls.get(key) ?? count();
      calls.set(key, known);
      return known;
    },
  };
}

/** The files of the user before and after an operation, by path in the world. */
interface Prepared {
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
}

async function prepare(operation: Operation, args: readonly string[], world: World): Promise<Prepared> {
  await world.clear();
  await operation.prepare(world);
  world.keep(operation.name);
  const before = userFiles(world);
  const run = await runPlain(world.options(args));
  if (run.status !== 0)
    throw new Error(`${operation.name} fails without a fault: ${run.stdout}${run.stderr}`);
  const after = userFiles(world);
  await operation.check(world, run, true);
  return { before, after };
}

const readIfThere = (path: string) => (existsSync(path) ? readFileSync(path, "latin1") : undefined);

/** Returns the files of the user with their content, by path in the world. */
function userFiles(world: World): Map<string, string> {
  const files = [world.cwd, world.user].flatMap((folder) => filesIn(folder));
  return new Map(files.map((path) => [relative(world.root, path), readFileSync(path, "latin1")]));
}

async function injectFault(seed: number, options: FaultsOptions, bench: Bench): Promise<Fault> {
  // Each choice has its own numbers, so that a limited choice of the others changes nothing.
  const kind = chooseKind(options.kinds, randomFrom(seed));
  const names = options.operations ?? operations.map(({ name }) => name);
  const name = names[Math.floor(randomFrom(seed ^ 0x5bd1e995)() * names.length)] ?? "";
  const operation = operations.find((each) => each.name === name);
  if (operation === undefined) throw new Error(`there is no operation \`${name}\``);
  const random = randomFrom(seed ^ 0x2545f491);
  const { world, injector } = bench;
  const fault = { seed, kind, operation: name };
  let what = "";
  try {
    const prepared = await bench.prepare(operation);
    const args = bench.argsOf(operation);
    const callsOf = (calls: string, own = false) => bench.callsOf(operation, calls, own);
    world.restore(name);
    const faulted: Faulted = await kinds[kind].inject({
      injector,
      world,
      operation,
      args,
      state: name,
      random,
      callsOf,
    });
    what = faulted.what;
    const says = "anyError" in kinds[kind] ? /\S/ : faulted.says;
    await judge({ ...faulted, says }, operation, prepared, args, world, random() < 0.2);
    return { ...fault, what, succeeded: faulted.run.status === 0, wrong: undefined };
  } catch (error) {
    return {
      ...fault,
      what,
      succeeded: false,
      wrong: error instanceof Error ? error.message : String(error),
    };
  }
}

function chooseKind(allowed: readonly KindName[] | undefined, random: () => number): KindName {
  const isRoot = process.getuid?.() === 0;
  const names = (Object.keys(kinds) as KindName[]).filter(
    (name) => (allowed?.includes(name) ?? true) && (isRoot || !("needsRoot" in kinds[name])),
  );
  const total = names.reduce((sum, name) => sum + kinds[name].weight, 0);
  let rest = random() * total;
  for (const name of names) {
    rest -= kinds[name].weight;
    if (rest < 0) return name;
  }
  throw new Error("no kind of fault is possible here");
}

/** Throws if the command did something wrong, or if the next run is not right. */
async function judge(
  faulted: Faulted,
  operation: Operation,
  prepared: Prepared,
  args: readonly string[],
  world: World,
  isThorough: boolean,
): Promise<void> {
  const { run, isKilled = false } = faulted;
  const ended = `status ${run.status} ${run.signal ?? ""}\n${run.stderr}`;
  if (!isKilled) judgeEnd(faulted, operation, ended);
  for (const path of operation.files ?? []) {
    const content = readIfThere(join(world.root, path));
    if (content === prepared.before.get(path) || content === prepared.after.get(path)) continue;
    throw new Error(`${path} is ${JSON.stringify(content)}\n${ended}`);
  }
  if (!isKilled) {
    const left = leftFiles(world).filter((path) => !/\.(part|lock)$/.test(path));
    if (left.length > 0 && !isUndeletable(faulted)) throw new Error(`left ${left.join(" ")}\n${ended}`);
    for (const path of userFiles(world).keys()) {
      if (prepared.before.has(path) || prepared.after.has(path) || isInside(path) || isUndeletable(faulted))
        continue;
      throw new Error(`left ${path}\n${ended}`);
    }
  }
  const again = await runPlain(world.options(args));
  const isDone = again.status !== 0 && operation.doneBefore?.test(again.stderr) === true;
  if (again.status !== 0 && !isDone) {
    throw new Error(
      `the next run ended with ${again.status} ${again.signal ?? ""}: ${again.stdout}${again.stderr}\nbefore: ${ended}`,
    );
  }
  if (/^\s+at .*[:(]\d+|Error:|\bbug\b/m.test(again.stderr))
    throw new Error(`the next run says: ${again.stderr}`);
  try {
    for (const path of isDone ? [] : (operation.files ?? [])) {
      if (readIfThere(join(world.root, path)) !== prepared.after.get(path))
        throw new Error(`${path} is not as it should be`);
    }
    await operation.check(world, again, isThorough);
  } catch (error) {
    throw new Error(
      `the next run is wrong: ${error instanceof Error ? error.message : String(error)}\nbefore: ${ended}`,
      { cause: error },
    );
  }
  if (!isThorough || faulted.staysDamaged) return;
  const verified = await runPlain(world.options(["cache", "verify"]));
  if (verified.status !== 0)
    throw new Error(`the store is damaged: ${verified.stdout}${verified.stderr}\nbefore: ${ended}`);
}

/** What Posy has in a project, and Python's bytecode. */
const isInside = (path: string) =>
  /(^|\/)(\.posy|\.venv|__pycache__|\.cache|dist|app)\//.test(path) && !basename(path).startsWith(".");

/** Whether the file system did not allow removing anything, either. */
function isUndeletable({ what }: Faulted): boolean {
  return /^(EROFS|EIO|EMFILE|read-only|ulimit -n)/.test(what);
}

/** The statuses of a program that a signal ended. */
const statusOf: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143 };

function judgeEnd({ run, says, signal, mustSucceed }: Faulted, operation: Operation, ended: string): void {
  if (run.status === 0) return;
  if (mustSucceed) throw new Error(`ended with ${ended}`);
  // A program that Posy has become is ended by the signal itself.
  if (signal !== undefined && run.status !== null && run.status !== statusOf[signal]) {
    throw new Error(`ended with ${ended}`);
  }
  if (says === undefined) return;
  judgeError(run, says, operation, ended);
}

/** Throws if an error does not say what could not be written where, and what to do. */
function judgeError({ status, stderr }: PosyRun, says: RegExp, operation: Operation, ended: string): void {
  if (status === null) throw new Error(`was ended: ${ended}`);
  const error = /^error: ([^]*?)(?=^hint: |$(?![^]))/m.exec(stderr)?.[1];
  const hint = /^hint: ([^]*)$/m.exec(stderr)?.[1];
  if (error === undefined) throw new Error(`no error is printed: ${ended}`);
  if (hint === undefined) throw new Error(`there is no hint: ${ended}`);
  if (operation.startsPrograms === true && !says.test(error)) return;
  if (!says.test(error)) throw new Error(`the error does not say ${says}: ${ended}`);
  if (!/`[^`]*[/][^`]*`/.test(error)) throw new Error(`the error names no path: ${ended}`);
  if (
    /^\s+at .*[:(]\d+|TypeError|ReferenceError|RangeError|\bE(NOENT|ACCES|PERM|NOSPC|IO|ROFS|MFILE|DQUOT)\b/m.test(
      stderr,
    )
  )
    throw new Error(`innards are printed: ${ended}`);
}
