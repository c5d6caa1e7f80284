import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sdistOf } from "../build-index.ts";
import { type IndexFile, startIndex, type TestIndex } from "../index-server.ts";
import { makePybi } from "../make-pybi.ts";
import { makeWheel } from "../make-wheel.ts";
import type { PosyRun } from "../posy.ts";
import { treeFiles } from "../tree-backend.ts";
import { runPlain } from "./injector.ts";
import type { World } from "./world.ts";

/** A command that faults are injected into. */
export interface Operation {
  readonly name: string;
  /** Makes the state that the command starts from, in an empty world. */
  prepare(world: World): Promise<void> | void;
  readonly args: readonly string[];
  /**
   * Files of the user, relative to the root of the world. Whatever happens, each has the content from before the
   * command or the content from after it.
   */
  readonly files?: readonly string[];
  /**
   * Checks the result of a command that succeeded, in addition to its `files`. Throws if it is wrong. What takes long
   * is checked only if `isThorough`.
   */
  check(world: World, run: PosyRun, isThorough: boolean): Promise<void> | void;
  /** What the command says if it was done before: removing something a second time is an error. */
  readonly doneBefore?: RegExp;
  /** The command starts programs that fail in their own words, such as a build backend. */
  readonly startsPrograms?: boolean;
}

const parts = Object.fromEntries(
  Array.from({ length: 6 }, (_, i) => [`one_parts/part${i}.py`, `n = ${i}\n`]),
);
const one = makeWheel({ name: "one", files: { "one.py": "x = 1\n", ...parts }, requires: ["two"] });
const two = makeWheel({
  name: "two",
  files: { "two.py": 'x = 2\ndef main(): print("two")\n' },
  entryPoints: { "two-cli": "two:main" },
});
const newer = makeWheel({
  name: "two",
  version: "2.0",
  files: { "two.py": 'x = 2\ndef main(): print("two")\n' },
  entryPoints: { "two-cli": "two:main" },
});
const source = sdistOf({ name: "source", dependencies: ["two"] });
const pybi: IndexFile = { ...makePybi({ version: "3.90.1" }), project: "cpython-unofficial" };

/** Starts an index with the packages of the operations. */
export function startFaultsIndex(): Promise<TestIndex> {
  return startIndex({ files: [one, two, newer, source, pybi] });
}

const program = ["--", "python", "-c", "import one, two; print(one.x, two.x)"];
const runPackages = ["run", "--with", "one", ...program];

function makeProject(world: World, dependencies: readonly string[], more = ""): void {
  const text = `[project]\nname = "app"\nversion = "1.0"\ndependencies = ${JSON.stringify(dependencies)}\n${more}`;
  writeFileSync(join(world.cwd, "pyproject.toml"), text);
}

function must(run: PosyRun): PosyRun {
  if (run.status !== 0)
    throw new Error(`status ${run.status} ${run.signal ?? ""}: ${run.stdout}${run.stderr}`);
  return run;
}

const posy = async (world: World, ...args: string[]) => must(await runPlain(world.options(args)));

function printed(run: PosyRun, text: string): void {
  if (run.stdout !== text) throw new Error(`printed ${JSON.stringify(run.stdout)}\n${run.stderr}`);
}

const removed = (world: World, ...names: string[]) => {
  for (const name of names) rmSync(join(world.home, name), { recursive: true, force: true });
};

function isThere(path: string): void {
  if (!existsSync(path)) throw new Error(`${path} is missing`);
}

async function runsProgram(world: World, _run: PosyRun, isThorough: boolean): Promise<void> {
  if (isThorough) printed(await posy(world, "run", ...program), "1 2\n");
}

const locked = ["cwd/pyproject.toml", "cwd/pylock.toml"];

export const operations: readonly Operation[] = [
  {
    name: "run, nothing cached",
    prepare: () => {},
    args: runPackages,
    check: (_, run) => printed(run, "1 2\n"),
  },
  {
    name: "run, all downloaded",
    async prepare(world) {
      await posy(world, ...runPackages);
      removed(world, "data/envs-v1", "data/wheels-v1", "cache/briefs-v1");
    },
    args: runPackages,
    check: (_, run) => printed(run, "1 2\n"),
  },
  {
    name: "run, all unpacked",
    async prepare(world) {
      await posy(world, ...runPackages);
      removed(world, "data/envs-v1", "cache/briefs-v1");
    },
    args: runPackages,
    check: (_, run) => printed(run, "1 2\n"),
  },
  {
    name: "run, warm",
    prepare: async (world) => void (await posy(world, ...runPackages)),
    args: runPackages,
    check: (_, run) => printed(run, "1 2\n"),
  },
  {
    name: "run --refresh",
    prepare: async (world) => void (await posy(world, ...runPackages)),
    args: ["run", "--refresh", ...runPackages.slice(1)],
    check: (_, run) => printed(run, "1 2\n"),
  },
  {
    name: "run, a source distribution",
    prepare: () => {},
    args: ["run", "--with", "source", "--", "python", "-c", "import source, two; print(two.x)"],
    check: (_, run) => printed(run, "2\n"),
    startsPrograms: true,
  },
  {
    name: "run, a project",
    prepare: (world) => makeProject(world, ["one"]),
    args: ["run", ...program],
    files: locked,
    check: (_, run) => printed(run, "1 2\n"),
  },
  {
    name: "env, a project",
    async prepare(world) {
      makeProject(world, ["one"]);
      await posy(world, "lock");
    },
    args: ["env"],
    files: locked,
    async check(world, run, isThorough) {
      isThere(join(world.cwd, ".posy", "env", "bin", "python"));
      await runsProgram(world, run, isThorough);
    },
  },
  {
    name: "lock",
    prepare: (world) => makeProject(world, ["one"]),
    args: ["lock"],
    files: locked,
    check: runsProgram,
  },
  {
    name: "lock, changed",
    async prepare(world) {
      makeProject(world, ["one", "two<2"]);
      await posy(world, "lock");
      makeProject(world, ["one"]);
    },
    args: ["lock"],
    files: locked,
    check: runsProgram,
  },
  {
    name: "add",
    async prepare(world) {
      makeProject(world, ["two"]);
      await posy(world, "lock");
    },
    args: ["add", "one"],
    files: locked,
    check: runsProgram,
  },
  {
    name: "remove",
    async prepare(world) {
      makeProject(world, ["one", "two"]);
      await posy(world, "lock");
    },
    args: ["remove", "two"],
    files: locked,
    doneBefore: /`two`/,
    check: runsProgram,
  },
  {
    name: "upgrade",
    async prepare(world) {
      makeProject(world, ["one", "two<2"]);
      await posy(world, "lock");
      makeProject(world, ["one", "two>=1"]);
    },
    args: ["upgrade"],
    files: locked,
    check: runsProgram,
  },
  {
    name: "version",
    async prepare(world) {
      makeProject(world, ["one"]);
      await posy(world, "lock");
    },
    args: ["version", "2.0"],
    files: locked,
    check: runsProgram,
  },
  {
    name: "export",
    async prepare(world) {
      makeProject(world, ["one"]);
      await posy(world, "lock");
    },
    args: ["export", "-o", "requirements.txt"],
    files: [...locked, "cwd/requirements.txt"],
    check: (world) => isThere(join(world.cwd, "requirements.txt")),
  },
  {
    name: "lock, a script",
    prepare: (world) =>
      writeFileSync(
        join(world.cwd, "script.py"),
        '# /// script\n# dependencies = ["one"]\n# ///\nimport one\nprint(one.x)\n',
      ),
    args: ["lock", "--script", "script.py"],
    files: ["cwd/script.py", "cwd/script.py.lock", "cwd/pylock.script.toml"],
    async check(world, _, isThorough) {
      if (isThorough) printed(await posy(world, "run", "script.py"), "1\n");
    },
  },
  {
    name: "new",
    prepare: () => {},
    args: ["new", "app"],
    doneBefore: /exists|empty/,
    check: (world) => isThere(join(world.cwd, "app", "pyproject.toml")),
  },
  {
    name: "python pin",
    prepare: (world) => writeFileSync(join(world.cwd, ".python-version"), "3.12\n"),
    args: ["python", "pin", "3.13"],
    files: ["cwd/.python-version"],
    check(world) {
      if (!readFileSync(join(world.cwd, ".python-version"), "utf8").startsWith("3.13"))
        throw new Error("not pinned");
    },
  },
  {
    name: "python install",
    prepare: () => {},
    args: ["python", "install", "3.90", "--python-index", "INDEX"],
    async check(world, _, isThorough) {
      if (!isThorough) return;
      const { stdout } = await posy(world, "python", "list", "--json");
      if (!stdout.includes("3.90.1")) throw new Error(`the Python is not listed: ${stdout}`);
    },
  },
  {
    name: "build",
    prepare(world) {
      for (const [path, text] of Object.entries(treeFiles({ name: "app" }))) {
        mkdirSync(dirname(join(world.cwd, path)), { recursive: true });
        writeFileSync(join(world.cwd, path), text);
      }
    },
    args: ["build"],
    check(world) {
      const made = readdirSync(join(world.cwd, "dist")).sort().join(" ");
      if (made !== "app-1.0-py3-none-any.whl app-1.0.tar.gz") throw new Error(`dist has ${made}`);
    },
    startsPrograms: true,
  },
  {
    name: "tool install",
    prepare: () => {},
    args: ["tool", "install", "two"],
    check: runsTool,
  },
  {
    name: "tool upgrade",
    prepare: async (world) => void (await posy(world, "tool", "install", "two<2")),
    args: ["tool", "upgrade", "two"],
    check: runsTool,
  },
  {
    name: "tool uninstall",
    prepare: async (world) => void (await posy(world, "tool", "install", "two")),
    args: ["tool", "uninstall", "two"],
    doneBefore: /not installed/,
    check(world) {
      if (existsSync(join(world.user, ".local", "bin", "two-cli")))
        throw new Error("the program is still there");
    },
  },
  {
    name: "cache prune",
    prepare: async (world) => void (await posy(world, ...runPackages)),
    args: ["cache", "prune", "--ci"],
    check: runsPackages,
  },
  {
    name: "cache clean",
    async prepare(world) {
      await posy(world, ...runPackages);
      await posy(world, "tool", "install", "two");
    },
    args: ["cache", "clean"],
    async check(world, run, isThorough) {
      await runsTool(world);
      await runsPackages(world, run, isThorough);
    },
  },
  {
    name: "cache verify --repair",
    async prepare(world) {
      await posy(world, ...runPackages);
      const wheels = join(world.home, "data", "wheels-v1");
      for (const name of readdirSync(wheels)) {
        const module = join(wheels, name, "site", "one.py");
        if (existsSync(module)) writeFileSync(module, "x = 'EDITED'\n");
      }
    },
    args: ["cache", "verify", "--repair"],
    check: runsPackages,
  },
];

async function runsPackages(world: World, _run: PosyRun, isThorough: boolean): Promise<void> {
  if (isThorough) printed(await posy(world, ...runPackages), "1 2\n");
}

async function runsTool(world: World): Promise<void> {
  const path = join(world.user, ".local", "bin", "two-cli");
  const run = Bun.spawnSync([path], {
    env: { ...world.environment } as Record<string, string>,
    cwd: world.cwd,
  });
  if (run.stdout.toString() !== "two\n") {
    throw new Error(`the tool ended with ${run.exitCode}: ${run.stdout.toString()}${run.stderr.toString()}`);
  }
}
