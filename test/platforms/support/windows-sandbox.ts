import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { removeFolder } from "../../support/remove-folder.ts";
import { compiledPosy } from "./compiled-posy.ts";
import { prepareWine, runWine, windowsPath, type WineOptions, type WineRun } from "./wine.ts";

const cache = resolve("node_modules", ".cache", "posy-platforms");

/** Folders for one test under Wine, like `Sandbox` of the end-to-end tests. All paths are those of Linux. */
export interface WindowsSandbox extends Disposable {
  readonly root: string;
  /** `POSY_HOME`. */
  readonly home: string;
  /** The current folder of the runs. */
  readonly cwd: string;
  posy(args: readonly string[], options?: WineOptions): Promise<WineRun>;
}

/**
 * Makes a sandbox. Its store has a Python for Windows, which is downloaded once for all tests. With
 * `interpreter: false` the store is empty.
 */
export async function newWindowsSandbox(
  options: { readonly interpreter?: boolean } = {},
): Promise<WindowsSandbox> {
  await prepareWine();
  const seed = options.interpreter === false ? undefined : await seedHome();
  mkdirSync(join(cache, "sandboxes"), { recursive: true });
  const root = mkdtempSync(join(cache, "sandboxes", "w"));
  const home = join(root, "home");
  const cwd = join(root, "cwd");
  mkdirSync(cwd);
  // Ends the search for version files, which would go on in the folders above.
  writeFileSync(join(root, "pyproject.toml"), "[tool.uv.workspace]\nmembers = []\n");
  if (seed !== undefined) copyInterpreters(seed, home);
  return {
    root,
    home,
    cwd,
    posy: (args, run = {}) =>
      runPosyExe(args, { cwd, ...run, env: { POSY_HOME: windowsPath(home), ...run.env } }),
    [Symbol.dispose]: () => removeFolder(root),
  };
}

/**
 * Copies the interpreters of the seed as hard links. A link to the folder would not do: under Wine, removing an
 * interpreter follows it and removes that of the seed.
 */
function copyInterpreters(seed: string, home: string): void {
  mkdirSync(join(home, "data"), { recursive: true });
  const copied = spawnSync("cp", ["-al", join(seed, "data", "pythons-v1"), join(home, "data")]);
  assert.equal(copied.status, 0, String(copied.stderr));
}

const quietVariables = { POSY_PYTHON_MIRROR: "off", UV_NO_CONFIG: "1" };

/** Runs `posy.exe`, by default without the mirror of Pythons and without uv's configuration. */
export async function runPosyExe(args: readonly string[], options: WineOptions = {}): Promise<WineRun> {
  await prepareWine();
  return runWine(windowsPath(compiledPosy("windows-x86_64")), args, {
    ...options,
    env: { ...quietVariables, ...options.env },
  });
}

/** Returns the path of the Python in the store of a sandbox, outside of every environment. */
export function storedPython({ home }: WindowsSandbox): string {
  return interpreterIn(home);
}

function interpreterIn(home: string): string {
  const pythons = join(home, "data", "pythons-v1");
  return join(pythons, readdirSync(pythons)[0] ?? "", "Scripts", "python.exe");
}

/** A path that a program under Wine keeps open. */
export interface HeldPath {
  /** Ends the program. */
  release(): Promise<void>;
}

/**
 * Keeps a file or folder (a path of Linux) open so that Windows refuses to rename or remove it: without
 * `FILE_SHARE_DELETE`. The program is a Python that is not in the store of the sandbox.
 */
export async function holdOpen(sandbox: WindowsSandbox, path: string): Promise<HeldPath> {
  const signal = join(mkdtempSync(join(sandbox.root, "held-")), "ready");
  const code = `import ctypes, os, sys, time
kernel = ctypes.WinDLL("kernel32")
kernel.CreateFileW.restype = ctypes.c_void_p
kernel.CreateFileW.argtypes = [ctypes.c_wchar_p, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p]
handle = kernel.CreateFileW(sys.argv[1], 0x80000000, 3, None, 3, 0x02000000, None)
assert handle not in (None, ctypes.c_void_p(-1).value), ctypes.GetLastError()
with open(sys.argv[2], "w") as file: file.write("held")
while os.path.exists(sys.argv[2]): time.sleep(0.05)
`;
  const python = windowsPath(interpreterIn(await seedHome()));
  let isOver = false;
  const ended = runWine(python, ["-c", code, windowsPath(path), windowsPath(signal)]).finally(() => {
    isOver = true;
  });
  while (!existsSync(signal)) {
    assert.ok(!isOver, `\`${path}\` could not be held open: ${isOver && (await ended).stderr}`);
    await setTimeout(50);
  }
  return {
    async release() {
      rmSync(signal, { force: true });
      await ended;
    },
  };
}

/**
 * Runs programs one after the other, as Wine sees their paths. Returns their exit codes with all 32 bits, of which
 * Linux sees eight.
 */
export async function wholeExitCodes(
  sandbox: WindowsSandbox,
  commands: readonly (readonly string[])[],
  options: WineOptions = {},
): Promise<readonly number[]> {
  const code =
    "import json, subprocess, sys; print([subprocess.run(command, stdin=subprocess.DEVNULL).returncode & 0xFFFFFFFF for command in json.loads(sys.argv[1])])";
  const python = windowsPath(storedPython(sandbox));
  const run = await runWine(python, ["-c", code, JSON.stringify(commands)], {
    cwd: sandbox.cwd,
    ...options,
  });
  const [, printed] = /(\[[\d, ]+\])\s*$/.exec(run.stdout) ?? [];
  assert.ok(printed !== undefined, run.stdout + run.stderr);
  return JSON.parse(printed) as number[];
}

/** The variables with which a program under Wine starts `posy.exe` with the store of a sandbox. */
export function sandboxVariables({ home }: WindowsSandbox): Readonly<Record<string, string>> {
  return { POSY_HOME: windowsPath(home), ...quietVariables };
}

let seeding: Promise<string> | undefined;

/** Returns a `POSY_HOME` (a path of Linux) with the default Python for Windows. */
function seedHome(): Promise<string> {
  seeding ??= seed();
  return seeding;
}

async function seed(): Promise<string> {
  const home = join(cache, "windows-seed");
  const run = await runPosyExe(["python", "install"], {
    env: { POSY_HOME: windowsPath(home) },
    timeout: 300_000,
  });
  assert.equal(run.status, 0, `the tests' interpreter could not be had:\n${run.stderr}`);
  return home;
}
