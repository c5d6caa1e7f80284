import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** The environment of all scenarios: the three tools, one interpreter and one index. */
export interface Setting {
  readonly posy: string;
  readonly uv: string;
  readonly pip: readonly string[];
  /** The interpreter itself, outside of any environment. uv and pip use it. */
  readonly python: string;
  /** The same interpreter as a value of `--python`. */
  readonly pythonRequest: string;
  /** The `--default-index` of all tools: the mirror on loopback. */
  readonly index: string;
  /** The folder in which the mirror keeps requested files, by file name. */
  readonly mirrored: string;
  /** Creates a folder, which is removed at the end. */
  folder(name: string): string;
  /** Creates a `POSY_HOME` that contains only the interpreter. */
  posyHome(name: string): string;
  [Symbol.asyncDispose](): Promise<void>;
}

const uvVersion = "0.13.9";
const pythonRequest = "==3.13.5";
const cache = resolve("node_modules", ".cache", "posy-bench");

/** Variables for the tools, without the configuration and the caches of the caller. */
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

/** Builds Posy, lets it fetch uv, pip and the interpreter, and starts the mirror. */
export async function prepare(): Promise<Setting> {
  const root = mkdtempSync(join(tmpdir(), "posy-bench-"));
  mkdirSync(cache, { recursive: true });
  runOrThrow([process.execPath, "scripts/build.ts"]);
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
  // A Python that is in use has bytecode. uv runs it without writing bytecode, and would take 0.2 s longer each time.
  const compile =
    "import compileall, sysconfig; compileall.compile_dir(sysconfig.get_path('stdlib'), quiet=2)";
  runOrThrow([python, "-c", compile], { env: cleanEnvironment(root) });
  const mirror = await startServer(["bench/mirror.ts", join(cache, "mirror")]);
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

/** Runs a program and returns its standard output. An error contains what the program printed. */
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

/**
 * Starts an index in its own process, since this process blocks while it times a program. The first argument is the
 * script. It prints its URL.
 */
export async function startServer([script = "", ...args]: readonly string[]): Promise<{
  readonly url: string;
  stop(): Promise<void>;
}> {
  const child = spawn(process.execPath, [resolve(script), ...args], { stdio: ["ignore", "pipe", "pipe"] });
  child.stderr.pipe(createWriteStream(join(cache, "mirror.log")));
  const url = await new Promise<string>((settle, fail) => {
    child.stdout.once("data", (chunk: Buffer) => settle(chunk.toString().trim()));
    child.once("exit", (status) => fail(new Error(`\`${script}\` ended with status ${status}`)));
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
