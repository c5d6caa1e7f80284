import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** What every scenario works with: the three tools, one interpreter for all, one index for all. */
export interface Setting {
  readonly posy: string;
  readonly uv: string;
  readonly pip: readonly string[];
  /** The interpreter itself, outside of any environment: the bare Python, and what uv and pip are given. */
  readonly python: string;
  /** The same interpreter as Posy is asked for it. */
  readonly pythonRequest: string;
  /** `--default-index` of all: the mirror on loopback. */
  readonly index: string;
  /** Where the mirror keeps the files that were asked of it, by file name. */
  readonly mirrored: string;
  /** A new folder, gone in the end. */
  folder(name: string): string;
  /** A new `POSY_HOME` that has nothing but the interpreter. */
  posyHome(name: string): string;
  [Symbol.asyncDispose](): Promise<void>;
}

const uvVersion = "0.13.9";
const pythonRequest = "==3.13.5";
const cache = resolve("node_modules", ".cache", "posy-bench");

/** Nothing of the caller's settings reaches the tools: neither their configuration nor their caches. */
export function cleanEnvironment(home: string): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name, value]) =>
      value !== undefined && !/^(UV|PIP|POSY|PYTHON|VIRTUAL_ENV|CONDA|BUN|npm|XDG)/.test(name),
  ) as [string, string][];
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    PIP_CONFIG_FILE: "/dev/null",
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    UV_NO_CONFIG: "1",
    UV_PYTHON_DOWNLOADS: "never",
    POSY_PYTHON_MIRROR: "off",
  };
}

/** Builds Posy, lets it bring uv, pip and the interpreter, and starts the mirror. */
export async function prepare(): Promise<Setting> {
  const root = mkdtempSync(join(tmpdir(), "posy-bench-"));
  mkdirSync(cache, { recursive: true });
  runOrThrow([process.execPath, "scripts/build.mjs"]);
  const posy = resolve("dist", "posy");
  const home = join(cache, "home");
  const toolsEnvironment = { ...cleanEnvironment(root), POSY_HOME: home };
  const ask = "import sys; print(sys.prefix); print(sys._base_executable)";
  const [prefix = "", python = ""] = runOrThrow(
    [
      posy,
      "run",
      "--python",
      pythonRequest,
      "--with",
      `uv==${uvVersion}`,
      "--with",
      "pip",
      "--",
      "python",
      "-c",
      ask,
    ],
    { env: toolsEnvironment },
  ).split("\n");
  // As of a Python in use. uv asks it without writing bytecode, and would wait 0.2 s for that each time.
  const compile =
    "import compileall, sysconfig; compileall.compile_dir(sysconfig.get_path('stdlib'), quiet=2)";
  runOrThrow([python, "-c", compile], { env: cleanEnvironment(root) });
  const mirror = await mirrorProcess(join(cache, "mirror"));
  const folder = (name: string): string => {
    const path = join(root, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  return {
    posy,
    uv: join(prefix, "bin", "uv"),
    pip: [join(prefix, "bin", "python"), "-m", "pip"],
    python,
    pythonRequest,
    index: mirror.url,
    mirrored: join(cache, "mirror", "files"),
    folder,
    posyHome: (name) => {
      const path = folder(name);
      mkdirSync(join(path, "data"), { recursive: true });
      const pythons = join(path, "data", "pythons-v1");
      if (!existsSync(pythons)) symlinkSync(join(home, "data", "pythons-v1"), pythons);
      return path;
    },
    [Symbol.asyncDispose]: async () => {
      await mirror.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Runs and returns the standard output; what it said is in the error. */
export function runOrThrow(
  argv: readonly string[],
  options: { readonly env?: Record<string, string>; readonly cwd?: string; readonly input?: string } = {},
): string {
  const run = Bun.spawnSync([...argv], {
    ...(options.env ? { env: options.env } : {}),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdin: Buffer.from(options.input ?? ""),
    stdout: "pipe",
    stderr: "pipe",
  });
  if (run.exitCode === 0) return run.stdout.toString();
  throw new Error(
    `\`${argv.join(" ")}\` ended with ${run.exitCode}:\n${run.stdout.toString()}${run.stderr.toString()}`,
  );
}

/** The mirror is a process of its own: this one stands still while it times another. */
async function mirrorProcess(folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [resolve("bench", "mirror.ts"), folder], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stderr.pipe(createWriteStream(join(cache, "mirror.log")));
  const url = await new Promise<string>((settle, fail) => {
    child.stdout.once("data", (chunk: Buffer) => settle(chunk.toString().trim()));
    child.once("exit", (status) => fail(new Error(`the mirror ended with status ${status}`)));
  });
  return {
    url,
    stop: () =>
      new Promise((settle) => {
        child.once("exit", () => settle());
        child.kill();
      }),
  };
}
