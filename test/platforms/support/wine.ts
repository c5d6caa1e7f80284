import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * Wine runs programs for Windows on Linux. The tests use a Wine prefix (a folder with a drive C: and a registry) of
 * their own, which is made once and set to Windows 10.
 */
const folder = resolve("node_modules", ".cache", "posy-platforms");
export const winePrefix = join(folder, "wine-prefix");

/** Why the tests cannot run here, or `false` if they can. Pass it to `skip`. */
export const withoutWine: string | false =
  process.platform === "linux" && process.arch === "x64" && onPath("wine") && onPath(compiler())
    ? false
    : "skipped: needs Wine (Debian: apt-get install wine wine64 gcc-mingw-w64-x86-64-win32)";
// Bun does not print the reason of a skipped test.
if (withoutWine !== false) console.log(withoutWine);

function compiler(): string {
  return "x86_64-w64-mingw32-gcc";
}

function onPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(":").some((path) => existsSync(join(path, program)));
}

/** Returns a path of Linux as a program under Wine sees it: drive Z: is the root folder. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll("/", "\\")}`;
}

const certificates = windowsPath("/etc/ssl/certs/ca-certificates.crt");

/** The variables that every program under Wine gets. */
const common = {
  PATH: process.env["PATH"],
  HOME: process.env["HOME"],
  // Names of files are UTF-8.
  LANG: "C.UTF-8",
  WINEPREFIX: winePrefix,
  WINEDEBUG: "-all",
  SSL_CERT_FILE: certificates,
  NODE_EXTRA_CA_CERTS: certificates,
  PIP_CERT: certificates,
};

/**
 * Bun needs `ProcessPrng`, which Windows has since version 10 and Wine since version 9. Wine 8 has the same random
 * numbers under an older name.
 */
const randomNumbers = `#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *data, SIZE_T size) {
  return SystemFunction036(data, (ULONG)size);
}
`;

let prepared: Promise<void> | undefined;

/** Makes the Wine prefix if it does not exist. Takes about ten seconds the first time. */
export function prepareWine(): Promise<void> {
  prepared ??= prepare();
  return prepared;
}

async function prepare(): Promise<void> {
  const done = join(winePrefix, "prepared");
  if (existsSync(done)) return keepServer();
  mkdirSync(folder, { recursive: true });
  await needed("wineboot", ["--init"]);
  const library = join(winePrefix, "drive_c", "windows", "system32", "bcryptprimitives.dll");
  if (!existsSync(library)) {
    const source = join(folder, "bcryptprimitives.c");
    const built = join(folder, "bcryptprimitives.dll");
    writeFileSync(source, randomNumbers);
    compileForWindows(["-shared", "-O2", "-s", "-o", built, source, "-ladvapi32"]);
    copyFileSync(built, library);
  }
  await needed("reg", ["add", "HKCU\\Software\\Wine", "/v", "Version", "/d", "win10", "/f"]);
  // The registry is written by the server when it ends.
  spawnSync("wineserver", ["--wait"], { env: common });
  writeFileSync(done, "");
  keepServer();
}

/**
 * Lets the server of Wine and its services run for a minute after the last program: their start takes seconds. The
 * first program starts the services, which keep its standard streams open. So these must not be pipes of a test.
 */
function keepServer(): void {
  spawnSync("wineserver", ["--persistent=60"], { env: common, stdio: "ignore" });
  spawnSync("wine", ["cmd", "/c", "exit"], { env: common, stdio: "ignore", timeout: 60_000 });
}

/** Compiles C for Windows with the compiler of MinGW. */
export function compileForWindows(args: readonly string[]): void {
  const { status, stderr } = spawnSync(compiler(), args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`\`${compiler()} ${args.join(" ")}\` failed:\n${stderr}`);
}

async function needed(program: string, args: readonly string[]): Promise<void> {
  const { status, stdout, stderr } = await runWine(program, args, { timeout: 180_000 });
  if (status !== 0) throw new Error(`\`${program}\` failed under Wine:\n${stdout}${stderr}`);
}

export interface WineOptions {
  /** A path of Linux. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string | Uint8Array;
  /** Milliseconds after which the program is killed and the test fails. Default: 120,000. */
  readonly timeout?: number;
  /** Called when the program was started. */
  readonly started?: (child: ChildProcess) => void;
}

export interface WineRun {
  /** The lowest byte of the exit code, as Linux knows it. `null` if a signal ended Wine. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program for Windows to its end. Its standard streams are pipes, since Python under Wine needs that. */
export function runWine(
  program: string,
  args: readonly string[],
  options: WineOptions = {},
): Promise<WineRun> {
  return new Promise((settle, fail) => {
    const child = spawn("wine", [program, ...args], {
      cwd: options.cwd,
      env: { ...common, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    child.stdout.on("data", (chunk: Buffer) => chunks.stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.stderr.push(chunk));
    const text = (kind: "stdout" | "stderr") => Buffer.concat(chunks[kind]).toString("utf8");
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      fail(new Error(`\`${program} ${args.join(" ")}\` did not end\n${text("stdout")}\n${text("stderr")}`));
    }, options.timeout ?? 120_000);
    child.on("error", fail);
    child.on("exit", (_, signal) => {
      // A program that it has just started may never end: Wine does not finish starting it. It keeps the pipes open.
      if (signal === null) return;
      child.stdout.destroy();
      child.stderr.destroy();
    });
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      settle({ status, signal, stdout: text("stdout"), stderr: text("stderr") });
    });
    child.stdin.on("error", () => {});
    child.stdin.end(options.stdin ?? "");
    options.started?.(child);
  });
}

/**
 * Runs a program for Windows at a terminal to its end. With `started`, presses Ctrl-C there when this file (a path of
 * Linux) exists. Returns what was on the terminal, without the sequences that move the cursor.
 */
export async function runAtTerminal(
  command: readonly string[],
  options: Pick<WineOptions, "cwd" | "env" | "timeout"> & { readonly started?: string } = {},
): Promise<string> {
  const quoted = ["wine", ...command].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const terminal = spawn("script", ["-qec", quoted, "/dev/null"], {
    cwd: options.cwd,
    env: { ...common, TERM: "xterm", ...options.env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  terminal.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString("utf8");
  });
  const ended = new Promise<void>((settle) => terminal.on("close", () => settle()));
  const timer = setTimeout(() => terminal.kill("SIGKILL"), options.timeout ?? 60_000);
  const watcher = setInterval(() => {
    if (options.started === undefined || !existsSync(options.started)) return;
    clearInterval(watcher);
    terminal.stdin.write("\u0003");
  }, 50);
  await ended;
  clearInterval(watcher);
  clearTimeout(timer);
  // oxlint-disable-next-line no-control-regex -- the sequences begin with Escape
  return output.replace(/\u001b\[[0-9;?]*[a-zA-Z]/g, "");
}
