import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IndexFile, TestIndex } from "../index-server.ts";
import { makeWheel } from "../make-wheel.ts";
import type { Sandbox } from "../posy.ts";
import type { Counts } from "./count-case.ts";
import { conflictingGraph, generatedGraph } from "./graph.ts";

/** Where a case runs. */
export interface World {
  readonly sandbox: Sandbox;
  readonly index: TestIndex;
  /** Runs Posy and fails if it fails. */
  readonly posy: (...args: readonly string[]) => Promise<void>;
  readonly write: (name: string, text: string) => void;
  /** Removes a file or folder below the sandbox's folders. */
  readonly remove: (...path: readonly string[]) => void;
}

/** A command that is counted. */
export interface CountedCase {
  readonly name: string;
  readonly args: readonly string[];
  readonly files?: readonly IndexFile[];
  /** Makes the state before the command. It is called before each run of the command, in the same world. */
  readonly prepare?: (world: World) => Promise<void>;
  /** Whether the command becomes another program, whose work does not count. */
  readonly executes?: true;
  /** Counts nothing else. The solver prefetches what it may need, and how much of that it does depends on the time. */
  readonly only?: readonly (keyof Counts)[];
}

const one = ["linux-x86_64"];

function pyproject(dependencies: readonly string[], platforms: readonly string[] = []): string {
  return [
    `[project]\nname = "p"\nversion = "1"\nrequires-python = ">=3.9"`,
    `dependencies = ${JSON.stringify(dependencies)}`,
    ...(platforms.length > 0 ? [`[tool.posy]\nplatforms = ${JSON.stringify(platforms)}`] : []),
    "",
  ].join("\n");
}

const base: readonly IndexFile[] = [
  makeWheel({ name: "a", requires: ["b", "c; python_version >= '3.8'"], entryPoints: { a: "a:main" } }),
  makeWheel({ name: "b", requires: ["c>=1"] }),
  makeWheel({ name: "c" }),
  makeWheel({ name: "d", requires: ["c"] }),
];

/** Removes what Posy remembers of earlier commands. Pages, metadata and files stay cached. */
function forget({ remove }: World): void {
  remove("home", "cache", "briefs-v1");
}

function forgottenLock(dependencies: readonly string[], platforms: readonly string[] = []) {
  return async (world: World) => {
    world.write("pyproject.toml", pyproject(dependencies, platforms));
    await world.posy("lock");
    forget(world);
    world.remove("cwd", "pylock.toml");
  };
}

function oneMore(platforms: readonly string[] = []) {
  return async (world: World) => {
    // First everything is cached that the larger lock needs.
    await forgottenLock(["a", "d"], platforms)(world);
    world.write("pyproject.toml", pyproject(["a"], platforms));
    await world.posy("lock");
    world.write("pyproject.toml", pyproject(["a", "d"], platforms));
  };
}

const graph = generatedGraph(100);

/** The commands that are counted, each with a state that is the same in every run. */
export const countedCases: readonly CountedCase[] = [
  { name: "--version", args: ["--version"] },
  { name: "--help", args: ["--help"] },
  {
    name: "run in an unchanged project",
    args: ["run", "true"],
    executes: true,
    files: base,
    async prepare({ posy, write }) {
      write("pyproject.toml", pyproject(["a"]));
      await posy("run", "true");
    },
  },
  {
    name: "run a script with a cached environment",
    args: ["run", "script.py"],
    executes: true,
    files: base,
    async prepare({ posy, write }) {
      write("script.py", '# /// script\n# dependencies = ["a"]\n# ///\nprint("hello")\n');
      await posy("run", "script.py");
    },
  },
  {
    name: "run --with a package again",
    args: ["run", "--with", "a", "true"],
    executes: true,
    files: base,
    prepare: ({ posy }) => posy("run", "--with", "a", "true"),
  },
  {
    name: "lock, unchanged",
    args: ["lock"],
    files: base,
    async prepare({ posy, write }) {
      write("pyproject.toml", pyproject(["a"]));
      await posy("lock");
    },
  },
  { name: "lock, forgotten, one platform", args: ["lock"], files: base, prepare: forgottenLock(["a"], one) },
  { name: "lock, forgotten, five platforms", args: ["lock"], files: base, prepare: forgottenLock(["a"]) },
  { name: "lock, one requirement more, one platform", args: ["lock"], files: base, prepare: oneMore(one) },
  { name: "lock, one requirement more, five platforms", args: ["lock"], files: base, prepare: oneMore() },
  {
    name: "resolve, remembered",
    args: ["resolve", "a"],
    files: base,
    prepare: ({ posy }) => posy("resolve", "a"),
  },
  {
    name: "resolve, forgotten",
    args: ["resolve", "a"],
    files: base,
    async prepare(world) {
      await world.posy("resolve", "a");
      forget(world);
    },
  },
  {
    name: "resolve with conflicts, forgotten",
    only: ["versions", "conflicts"],
    args: ["resolve", "net", "sdk", "other"],
    files: conflictingGraph(),
    async prepare(world) {
      await world.posy("resolve", "net", "sdk", "other");
      forget(world);
    },
  },
  {
    name: "lock 100 packages, nothing cached",
    args: ["lock"],
    files: graph,
    async prepare(world) {
      world.write("pyproject.toml", pyproject(["p0"]));
      world.remove("home", "cache");
      world.remove("cwd", "pylock.toml");
    },
  },
  { name: "lock 100 packages, forgotten", args: ["lock"], files: graph, prepare: forgottenLock(["p0"]) },
  {
    name: "new environment of 20 wheels, nothing cached",
    args: ["env", "--path"],
    files: graph,
    async prepare(world) {
      await environmentOf20(world);
      world.remove("home", "data", "wheels-v1");
      world.remove("home", "cache");
    },
  },
  {
    name: "new environment of 20 wheels from the store",
    args: ["env", "--path"],
    files: graph,
    prepare: environmentOf20,
  },
];

/** Makes an environment of 20 wheels, and removes it again. */
async function environmentOf20(world: World): Promise<void> {
  const names = Array.from({ length: 20 }, (_, index) => `p${80 + index}`);
  world.write("pyproject.toml", pyproject(names));
  await world.posy("env", "--path");
  forget(world);
  world.remove("home", "data", "envs-v1");
  world.remove("cwd", ".posy");
  world.remove("cwd", ".venv");
}

/** Returns the world of a sandbox. */
export function worldOf(sandbox: Sandbox, index: TestIndex, environment: Record<string, string>): World {
  mkdirSync(sandbox.cwd, { recursive: true });
  return {
    sandbox,
    index,
    posy: async (...args) => {
      const run = await sandbox.posy(args, { env: environment });
      if (run.status !== 0) throw new Error(`posy ${args.join(" ")}\n${run.stderr}`);
    },
    write: (name, text) => writeFileSync(join(sandbox.cwd, name), text),
    remove: (...path) => rmSync(join(sandbox.root, ...path), { recursive: true, force: true }),
  };
}
