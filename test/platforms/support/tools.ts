import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** The folder of what is downloaded or made once for all tests of other platforms. */
export const platformCache = resolve("node_modules", ".cache", "posy-platforms");

const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"];

/** Returns the path of a program, also if it is one for administrators, or undefined. */
export function programPath(name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * Returns why tests are skipped, or `false` if they run: they need root on Linux x86-64, and these programs. Pass it to
 * `skip`. `subject` says what the tests are about: `QEMU`.
 */
export function withoutTools(subject: string, programs: readonly string[]): string | false {
  const missing = programs.filter((name) => programPath(name) === undefined);
  const isLinux = process.platform === "linux" && process.arch === "x64";
  const isRoot = process.getuid?.() === 0;
  if (isLinux && isRoot && missing.length === 0) return false;
  const needs = [
    ...(isLinux ? [] : ["Linux x86-64"]),
    ...(isRoot ? [] : ["root"]),
    ...missing.map((name) => `\`${name}\``),
  ];
  const reason = `skipped: needs ${subject} (missing: ${needs.join(", ")})`;
  // Bun does not print the reason of a skipped test.
  console.log(reason);
  return reason;
}

export interface ToolRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, at most for ten minutes. By default it sees the variables of this process. */
export function runTool(
  command: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly stdin?: string } = {},
): ToolRun {
  const [program = "", ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(programPath(program) ?? program, args, {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    timeout: 600_000,
    env: options.env ?? process.env,
    cwd: options.cwd,
    input: options.stdin ?? "",
  });
  return { status, stdout, stderr: error ? `${stderr}\n${error}` : stderr };
}

/** Runs a program, and throws if it fails. Returns its output. */
export function runOrThrow(command: readonly string[], options: Parameters<typeof runTool>[1] = {}): string {
  const { status, stdout, stderr } = runTool(command, options);
  if (status !== 0) throw new Error(`\`${command.join(" ")}\` failed (${status}):\n${stdout}\n${stderr}`);
  return stdout;
}

/** The variables for the network that programs need on this machine, such as a proxy. */
export const networkVariables: Readonly<Record<string, string>> = Object.fromEntries(
  ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);

/** A file with certificates that this machine trusts in addition to those that Posy has, if there is one. */
export const certificates = process.env["SSL_CERT_FILE"];
