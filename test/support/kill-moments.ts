import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { startIndex } from "./index-server.ts";
import { makeWheel } from "./make-wheel.ts";
import { newSandbox, type Sandbox, linkInterpreters, seedHome } from "./posy.ts";
import { randomFrom } from "./random.ts";
import { removeFolder } from "./remove-folder.ts";

/** The folders that are removed before Posy is started and killed, by the work that is left to do. */
export const killModes = {
  /** Everything: pages, wheels, store, Env. */
  cold: ["cache", "data/wheels-v1", "data/envs-v1"],
  /** Everything is downloaded, nothing is unpacked. */
  "filled cache": ["data/wheels-v1", "data/envs-v1"],
  /** Everything is unpacked, and the Env must be made. */
  "filled store": ["data/envs-v1", "cache/briefs-v1"],
  /** Nothing is left to do. */
  warm: [],
  /** The interpreter must be unpacked too; its archive is there. */
  interpreter: ["data"],
} as const satisfies Record<string, readonly string[]>;

export type KillMode = keyof typeof killModes;

export interface KillTally {
  readonly mode: KillMode;
  readonly signal: NodeJS.Signals;
  moments: number;
  /** Runs that ended before the signal. */
  late: number;
  right: number;
  readonly wrong: string[];
}

const signals = ["SIGKILL", "SIGTERM", "SIGINT"] as const;

/** A program that imports every package and compares every installed file with its RECORD. */
const audit = `
import base64, hashlib, importlib, importlib.metadata as m
count = 0
for dist in m.distributions():
    for file in dist.files:
        data = file.locate().read_bytes()
        count += 1
        if file.hash:
            digest = base64.urlsafe_b64encode(hashlib.new(file.hash.mode, data).digest()).rstrip(b"=").decode()
            assert digest == file.hash.value, file
    importlib.import_module(dist.name.replace("-", "_"))
print(len(list(m.distributions())), "packages", count > 800 and "whole")
`;
const expected = "24 packages whole\n";

/**
 * Starts Posy, kills it at a random moment of its usual duration, starts it again, and checks the output of the
 * program. Repeats this `moments` times, with the modes and signals in turn.
 */
export async function killAtMoments(options: {
  readonly moments: number;
  readonly modes: readonly KillMode[];
  readonly seed: number;
  readonly progress?: (tally: KillTally) => void;
}): Promise<KillTally[]> {
  const random = randomFrom(options.seed);
  await using index = await startIndex({ files: wheels() });
  using sandbox = await newSandbox();
  const packages = Array.from({ length: 24 }, (_, number) => ["--with", `kill-${number}`]).flat();
  const args = ["run", "--default-index", index.url, ...packages, "--", "python", "-c", audit];
  if (options.modes.includes("interpreter")) keepArchives(sandbox, await seedHome());
  const seed = await seedHome();

  const durations = new Map<KillMode, number>();
  for (const mode of options.modes) {
    removeFolders(sandbox, mode, seed);
    const start = performance.now();
    const run = await sandbox.posy(args);
    if (run.stdout !== expected)
      throw new Error(`wrong before anything was killed: ${run.stdout}${run.stderr}`);
    durations.set(mode, performance.now() - start);
  }

  const tallies = new Map<string, KillTally>();
  for (let moment = 0; moment < options.moments; moment++) {
    const mode = options.modes[moment % options.modes.length] ?? "cold";
    const signal = signals[Math.floor(moment / options.modes.length) % signals.length] ?? "SIGKILL";
    const tally = tallies.get(mode + signal) ?? { mode, signal, moments: 0, late: 0, right: 0, wrong: [] };
    tallies.set(mode + signal, tally);
    removeFolders(sandbox, mode, seed);
    const delay = random() * (durations.get(mode) ?? 0);
    const killed = await sandbox.posy(args, {
      started: (child) => {
        const timer = setTimeout(() => child.kill(signal), delay);
        child.on("exit", () => clearTimeout(timer));
      },
    });
    tally.moments += 1;
    if (killed.stdout === expected) tally.late += 1;
    const again = await sandbox.posy(args);
    if (again.status === 0 && again.stdout === expected) tally.right += 1;
    else tally.wrong.push(`${delay.toFixed(0)} ms: ${again.stdout}${again.stderr}`);
    options.progress?.(tally);
  }
  return [...tallies.values()];
}

/** Removes the folders of a mode. */
function removeFolders(sandbox: Sandbox, mode: KillMode, seed: string): void {
  for (const name of killModes[mode]) removeFolder(join(sandbox.home, name));
  // A run in the mode `interpreter` unpacks one itself, so the links are made again.
  if (mode !== "interpreter") {
    removeFolder(join(sandbox.home, "data", "pythons-v1"));
    linkInterpreters(seed, sandbox.home);
  }
}

/** Copies the archives of the interpreters, so that unpacking one needs no network. */
function keepArchives(sandbox: Sandbox, seed: string): void {
  const archives = join(seed, "cache", "artifacts-v2");
  if (!existsSync(archives)) return;
  mkdirSync(join(sandbox.home, "cache"), { recursive: true });
  cpSync(archives, join(sandbox.home, "cache", "artifacts-v2"), { recursive: true });
}

/** Makes packages with many small files and some large ones, which share a namespace and depend on each other. */
function wheels() {
  return Array.from({ length: 24 }, (_, number) => {
    const files: Record<string, string> = { [`kill_${number}/__init__.py`]: `number = ${number}\n` };
    for (let file = 0; file < 40; file++)
      files[`kill_${number}/part_${file}.py`] = `text = ${"'x'\n".repeat(200)}`;
    files[`kill_${number}/large.txt`] = "0123456789abcdef".repeat(40_000);
    files[`kill_shared/part_${number}.py`] = "";
    const requires = number > 0 ? [`kill-${number - 1}`] : [];
    return makeWheel({
      name: `kill-${number}`,
      files,
      requires,
      entryPoints: { [`kill-${number}`]: "kill:x" },
    });
  });
}
